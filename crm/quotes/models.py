from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.pricing.models import PricedDocument, PricedLine


class Quote(PricedDocument):
    """An offer, one row per revision: revising a sent one makes the next revision under the same number and supersedes it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Expired")
        SUPERSEDED = "superseded", _("Superseded")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    revises = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="revised_by", verbose_name=_("revises"),
    )
    quote_date = models.DateField(_("quote date"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), blank=True, help_text=_("Empty: 30 days"))
    requested_on = models.DateField(_("wanted on"), null=True, blank=True)
    rejection_reason = models.CharField(_("why it was rejected"), max_length=200, blank=True, editable=False)
    credit_result = models.CharField(_("credit check"), max_length=200, blank=True, editable=False)
    price_check = models.TextField(_("price check"), blank=True, editable=False)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ("-pk",)
        permissions = [
            ("send_quote", "Can send a quote"), ("revise_quote", "Can revise a quote"), ("accept_quote", "Can accept a quote"),
            ("reject_quote", "Can reject a quote"), ("expire_quote", "Can let a quote expire"),
            ("ask_margin_quote", "Can ask for approval of a quote below the margin floor"),
            ("approve_margin_quote", "Can approve a quote below the margin floor"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number", "revision"), name="quote_revision_once"),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("quote_date")), name="quote_ends_after_start",
                violation_error_message=_("The quote would expire before its date; correct one of the two dates."),
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="quote_net_and_tax_make_gross"),
            models.CheckConstraint(condition=~Q(margin_state="asked") | Q(status="draft"), name="quote_waits_for_margin_approval"),
        ]
        indexes = [
            models.Index(fields=("company", "status", "-id"), name="quote_by_status"),
            models.Index(fields=("company", "customer", "-id"), name="quote_by_customer"),
        ]

    def __str__(self) -> str:
        name = self.number or f"{self._meta.verbose_name} #{self.pk}"
        return f"{name} / {self.revision}" if self.revision > 1 else name

    @property
    def priced_on(self) -> date:
        return self.quote_date

    @property
    def is_expired(self) -> bool:
        """Whether the offer no longer stands: marked so, or sent and past its last day."""
        return self.status == self.Status.EXPIRED or (self.status == self.Status.SENT and self.valid_until < timezone.localdate())


class QuoteLine(PricedLine):
    """What is offered at which price."""

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines", verbose_name=_("quote"))

    portal_party = "quote__customer_id"

    class Meta:
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        ordering = ("quote", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="quote_line_quantity_positive", violation_error_message=_("Enter a quantity above zero."),
            ),
            models.CheckConstraint(
                condition=Q(discount__gte=0, discount__lte=1) | Q(discount__isnull=True), name="quote_line_discount_is_a_share",
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0) | Q(unit_price__isnull=True), name="quote_line_price_positive"),
        ]
