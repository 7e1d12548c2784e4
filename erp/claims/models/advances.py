from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.claims.models.claims import ExpenseClaim
from erp.claims.models.own import OwnRows
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class EmployeeAdvance(Document):
    """Money given to an employee before it is spent. `open_amount` is what claims and returns left of it (the database keeps it)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Asked for")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        PAID = "paid", _("Paid out")
        SETTLED = "settled", _("Settled")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    claimant = models.ForeignKey(
        "kernel.Party", models.PROTECT, blank=True, related_name="+", verbose_name=_("employee"), limit_choices_to=Q(is_employee=True),
        help_text=_("Empty: yourself"),
    )
    purpose = models.CharField(_("purpose"), max_length=160)
    needed_on = models.DateField(_("needed on"))
    amount = AmountField(_("amount"))
    open_amount = AmountField(_("not yet accounted for"), default=0, editable=False)
    approved_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    decision = models.CharField(_("reason of the refusal"), max_length=200, blank=True, editable=False)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = OwnRows.as_manager()
    own_path = "claimant__employee_user__user_id"
    approvable = {"approve": "approval_amount"}

    class Meta:
        verbose_name = _("employee advance")
        verbose_name_plural = _("employee advances")
        ordering = ("-pk",)
        permissions = [
            ("approve_employeeadvance", "Can approve an employee advance"), ("refuse_employeeadvance", "Can refuse an employee advance"),
            ("pay_employeeadvance", "Can pay an employee advance out"), ("take_back_employeeadvance", "Can take back what is left of an advance"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="employee_advance_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="employee_advance_source_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="employee_advance_above_zero", violation_error_message=_("An advance is above zero.")),
            models.CheckConstraint(
                condition=Q(open_amount__gte=0, open_amount__lte=F("amount")), name="employee_advance_within_its_amount",
                violation_error_message=_("More would be taken from the advance than is left of it."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (Q(created_by__isnull=False) & ~Q(approved_by=F("created_by"))),
                name="employee_advance_four_eyes", violation_error_message=_("Nobody approves an advance of their own."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "refused")) | Q(approved_by__isnull=False), name="approved_employee_advance_has_approver",
            ),
        ]
        indexes = [models.Index(fields=("company", "claimant"), condition=Q(open_amount__gt=0), name="employee_advance_open")]

    @property
    def approval_amount(self) -> Decimal:
        """What the approver answers for, in company currency."""
        return self.amount


class EmployeePayment(Document):
    """Money to an employee, or back from one, with its entry. Made by paying an advance or a claim; never changed, only reversed."""

    class Status(models.TextChoices):
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")

    class Kind(models.TextChoices):
        ADVANCE = "advance", _("Advance paid out")
        REIMBURSEMENT = "reimbursement", _("Claim paid back")
        RETURN = "return", _("Rest of an advance returned")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.POSTED, editable=False)
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    employee = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("employee"))
    claim = models.ForeignKey(ExpenseClaim, models.PROTECT, null=True, related_name="payments", verbose_name=_("claim"))
    advance = models.ForeignKey(EmployeeAdvance, models.PROTECT, null=True, related_name="payments", verbose_name=_("advance"))
    bank_account = models.ForeignKey("erp.BankAccount", models.PROTECT, related_name="+", verbose_name=_("bank or cash account"))
    paid_on = models.DateField(_("paid on"))
    amount = AmountField(_("amount"))
    is_on_statement = models.BooleanField(_("on the bank statement"), default=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, related_name="employee_payment", verbose_name=_("entry"))

    editable_statuses = ()
    objects = OwnRows.as_manager()
    own_path = "employee__employee_user__user_id"

    class Meta:
        verbose_name = _("payment to an employee")
        verbose_name_plural = _("payments to employees")
        ordering = ("-pk",)
        permissions = [("reverse_employeepayment", "Can reverse a payment to an employee")]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="employee_payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="employee_payment_above_zero"),
            models.CheckConstraint(
                condition=Q(kind="reimbursement", claim__isnull=False, advance__isnull=True)
                | (~Q(kind="reimbursement") & Q(claim__isnull=True, advance__isnull=False)), name="employee_payment_of_one_thing",
            ),
        ]
