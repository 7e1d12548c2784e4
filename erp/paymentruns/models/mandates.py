from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.paymentruns.rules.days import months_later
from suite.kernel.documents.models import Document

UNUSED_MONTHS = 36


class Scheme(models.TextChoices):
    CORE = "CORE", _("SEPA Core")
    B2B = "B2B", _("SEPA business to business")


class Sequence(models.TextChoices):
    FIRST = "FRST", _("First of several")
    RECURRENT = "RCUR", _("Recurrent")
    ONE_OFF = "OOFF", _("Once only")
    FINAL = "FNAL", _("Last")


class Mandate(Document):
    """A customer's leave to collect what is due from an account. Signed it never changes: a change is a new one."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("To be signed")
        ACTIVE = "active", _("Active")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    customer = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"), limit_choices_to=Q(is_customer=True),
    )
    reference = models.CharField(_("mandate reference"), max_length=35, blank=True, help_text=_("Empty: the next free one"))
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme, default=Scheme.CORE)
    sequence = models.CharField(_("next collection is"), max_length=4, choices=Sequence, default=Sequence.FIRST)
    holder = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField(_("IBAN"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    last_used_on = models.DateField(_("last used on"), null=True, blank=True, editable=False)

    portal_party = "customer_id"

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("customer", "-pk")
        permissions = [
            ("activate_mandate", "Can activate a signed mandate"), ("cancel_mandate", "Can cancel a mandate"),
            ("finish_mandate", "Can mark the last collection of a mandate"), ("expire_mandate", "Can let unused mandates expire"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("company", "reference"), name="mandate_reference_once",
                violation_error_message=_("There is a mandate of this reference already; nothing was saved."),
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="mandate_has_reference"),
            models.CheckConstraint(condition=~Q(status="active") | Q(signed_on__isnull=False), name="active_mandate_is_signed"),
            models.UniqueConstraint(
                fields=("company", "customer", "scheme"), condition=Q(status="active"), name="one_active_mandate",
                violation_error_message=_("The customer has an active mandate of this scheme; cancel it first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} ({self.holder})"

    @property
    def usable_until(self) -> date | None:
        """The day it expires unless it is used before: 36 months after its last use or its signing."""
        since = self.last_used_on or self.signed_on
        return months_later(since, UNUSED_MONTHS) if since else None
