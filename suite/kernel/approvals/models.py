from decimal import Decimal

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from suite.access.roles import ROLES
from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.documents.transitions import transitions_of
from suite.kernel.money.fields import AmountField


def approvable_actions() -> list[tuple[str, str]]:
    """Every action that can be made to need approval: ("erp.supplierbill:post", "Supplier bill: Post")."""
    found = []
    for model in apps.get_models():
        for name in getattr(model, "approvable", {}):
            known = transitions_of(model).get(name)
            found.append((f"{model._meta.label_lower}:{name}", f"{capfirst(str(model._meta.verbose_name))}: {known.label if known else name}"))
    return sorted(found, key=lambda item: item[1])


def role_choices() -> list[tuple[str, str]]:
    """The roles that people hold."""
    return [(name, role.label) for name, role in ROLES.items() if name != "integration"]


class WhoIsAsked(CompanyRow):
    """A role or a person, and how many of them must say yes."""

    role = models.CharField(_("role"), max_length=20, blank=True, choices=role_choices, help_text=_("Anybody who holds it, but never who asks"))
    approver = models.ForeignKey(
        "kernel.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person"), help_text=_("Instead of a role"),
    )
    needed = models.PositiveSmallIntegerField(_("how many"), default=1, validators=[MinValueValidator(1)])

    class Meta:
        abstract = True

    @property
    def asked_in_words(self) -> str:
        """"Controller", "2 x Controller" or a name."""
        who = str(self.approver) if self.approver_id else str(self.get_role_display())
        return who if self.needed == 1 else f"{self.needed} × {who}"


class ApprovalRule(WhoIsAsked):
    """From an amount on, an action on a kind of document needs somebody's yes. Several rules that fit are all asked."""

    action = models.CharField(_("action"), max_length=80, choices=approvable_actions)
    from_amount = AmountField(_("from amount"), default=Decimal(0), help_text=_("In company currency; this amount is included"))
    up_to = AmountField(_("below amount"), null=True, blank=True, help_text=_("Empty: without end"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ("action", "from_amount", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(role="", approver__isnull=False) | (~Q(role="") & Q(approver__isnull=True)), name="approval_rule_asks_role_or_person",
                violation_error_message=_("Name a role or a person, one of them."),
            ),
            models.CheckConstraint(
                condition=Q(from_amount__gte=0) & (Q(up_to__isnull=True) | Q(up_to__gt=F("from_amount"))), name="approval_rule_has_a_band",
                violation_error_message=_("The band ends above where it begins, and begins at nothing or more."),
            ),
            models.CheckConstraint(
                condition=Q(needed__gte=1) & (Q(approver__isnull=True) | Q(needed=1)), name="approval_rule_asks_at_least_one",
                violation_error_message=_("At least one must say yes; a named person is asked once."),
            ),
        ]

    @property
    def band(self) -> str:
        """"1,000.00 to below 5,000.00"; "from 0.00"."""
        if self.up_to is None:
            return _("from %(least)s") % {"least": self.from_amount}
        return _("%(least)s to below %(most)s") % {"least": self.from_amount, "most": self.up_to}

    band.fget.short_description = _("amounts")

    def __str__(self) -> str:
        return f"{self.get_action_display()}, {self.band}: {self.asked_in_words}"


class ApprovalRequest(Document):
    """The question whether an action may be done, for the document as it was then: an edit of the document makes the answer void."""

    class Status(models.TextChoices):
        ASKED = "asked", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.ASKED, editable=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+", verbose_name=_("kind"), editable=False)
    object_id = models.BigIntegerField(_("document"), editable=False)
    record = GenericForeignKey("content_type", "object_id")
    transition = models.CharField(_("action"), max_length=40, editable=False)
    subject = models.CharField(_("subject"), max_length=160, editable=False)
    document_version = models.PositiveIntegerField(_("document's version"), editable=False)
    amount = AmountField(_("amount"), editable=False, help_text=_("In company currency"))
    reason = models.CharField(_("why"), max_length=200, blank=True, editable=False)

    editable_statuses = ()
    database_privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name = _("approval request")
        verbose_name_plural = _("approval requests")
        ordering = ("-pk",)
        permissions = [
            ("approve_approvalrequest", "Can answer an approval request with yes"), ("refuse_approvalrequest", "Can answer an approval request with no"),
            ("withdraw_approvalrequest", "Can withdraw an approval request"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("content_type", "object_id", "transition"), condition=Q(status="asked"), name="one_open_approval_request"),
        ]
        indexes = [models.Index(fields=("company", "status", "-id"), name="approval_request_by_status")]

    def __str__(self) -> str:
        return self.subject


class ApprovalStep(WhoIsAsked):
    """Who is asked by a request, as the rules were when it was asked."""

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="steps", verbose_name=_("request"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    rule = models.CharField(_("rule"), max_length=200)

    append_only = True

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        ordering = ("request", "position")
        constraints = [
            models.UniqueConstraint(fields=("request", "position"), name="approval_step_once"),
            models.CheckConstraint(condition=Q(needed__gte=1), name="approval_step_asks_at_least_one"),
        ]

    def __str__(self) -> str:
        return self.asked_in_words


class ApprovalDecision(CompanyRow):
    """Somebody's yes or no, in their own name or in the place of who delegated to them. Never of who asked."""

    class Answer(models.TextChoices):
        YES = "yes", _("Approved")
        NO = "no", _("Refused")

    request = models.ForeignKey(ApprovalRequest, models.PROTECT, related_name="decisions", verbose_name=_("request"))
    step = models.ForeignKey(ApprovalStep, models.PROTECT, related_name="decisions", verbose_name=_("step"))
    answer = models.CharField(_("answer"), max_length=3, choices=Answer)
    decided_by = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    decided_for = models.ForeignKey("kernel.User", models.PROTECT, null=True, related_name="+", verbose_name=_("in the place of"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("approval decision")
        verbose_name_plural = _("approval decisions")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("request", "decided_by"), name="approval_decided_once_by_each"),
            models.UniqueConstraint(fields=("request", "decided_for"), name="approval_decided_once_for_each"),
            models.CheckConstraint(condition=Q(answer="yes") | Q(reason__gt=""), name="approval_refused_with_reason"),
            models.CheckConstraint(condition=Q(decided_for__isnull=True) | ~Q(decided_for=F("decided_by")), name="approval_decided_for_another"),
        ]

    def __str__(self) -> str:
        return f"{self.get_answer_display()}: {self.decided_by}"


class Delegation(CompanyRow):
    """While somebody is away, another answers approval requests in their place."""

    giver = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("who is away"), editable=False)
    taker = models.ForeignKey("kernel.User", models.PROTECT, related_name="+", verbose_name=_("who answers instead"))
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    audited = True

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-valid_until", "pk")
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=F("taker")), name="delegation_to_another", violation_error_message=_("Somebody else answers in your place."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="delegation_ends_after_it_begins",
                violation_error_message=_("The last day is not before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver} → {self.taker}"
