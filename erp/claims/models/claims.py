from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.claims.models.own import OwnRows
from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField, PriceField, QuantityField


class ExpenseClaim(Document):
    """What an employee paid for the company and wants back. Amounts in company currency; `open_amount` is still owed (the database keeps it)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        POSTED = "posted", _("Posted")
        PAID = "paid", _("Paid")
        REVERSED = "reversed", _("Reversed")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    claimant = models.ForeignKey(
        "kernel.Party", models.PROTECT, blank=True, related_name="+", verbose_name=_("employee"), limit_choices_to=Q(is_employee=True),
        help_text=_("Empty: yourself"),
    )
    purpose = models.CharField(_("purpose"), max_length=160)
    submitted_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    approved_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    decision = models.CharField(_("reason of the refusal"), max_length=200, blank=True, editable=False)
    ledger_date = models.DateField(_("posted on"), null=True, editable=False)
    net = AmountField(_("net"), default=0, editable=False)
    tax = AmountField(_("tax"), default=0, editable=False)
    gross = AmountField(_("total"), default=0, editable=False)
    covered = AmountField(_("covered by advances"), default=0, editable=False)
    open_amount = AmountField(_("to be paid"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="expense_claim", verbose_name=_("entry"))
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = OwnRows.as_manager()
    own_path = "claimant__employee_user__user_id"
    approvable = {"approve": "approval_amount"}

    class Meta:
        verbose_name = _("expense claim")
        verbose_name_plural = _("expense claims")
        ordering = ("-pk",)
        permissions = [
            ("submit_expenseclaim", "Can submit an expense claim"), ("withdraw_expenseclaim", "Can withdraw a submitted expense claim"),
            ("reopen_expenseclaim", "Can correct a refused expense claim"), ("approve_expenseclaim", "Can approve an expense claim"),
            ("refuse_expenseclaim", "Can refuse an expense claim"), ("post_expenseclaim", "Can post an expense claim"),
            ("reverse_expenseclaim", "Can reverse an expense claim"), ("reimburse_expenseclaim", "Can pay an expense claim back"),
            ("view_every_expenseclaim", "Can see the claims of every employee"),
            ("write_every_expenseclaim", "Can write claims for other employees"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="expense_claim_number_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="expense_claim_source_once"),
            models.UniqueConstraint(fields=("id", "company"), name="expense_claim_of_company"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="expense_claim_net_and_tax_make_gross"),
            models.CheckConstraint(
                condition=Q(net__gte=0, tax__gte=0, covered__gte=0, covered__lte=F("gross"), open_amount__gte=0, open_amount__lte=F("gross")),
                name="expense_claim_within_its_total",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | (Q(submitted_by__isnull=False) & ~Q(approved_by=F("submitted_by"))),
                name="expense_claim_four_eyes", violation_error_message=_("Nobody approves a claim of their own."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "submitted", "refused")) | Q(approved_by__isnull=False), name="approved_expense_claim_has_approver",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("posted", "paid", "reversed")) | Q(entry__isnull=False, ledger_date__isnull=False),
                name="posted_expense_claim_has_entry",
            ),
        ]
        indexes = [models.Index(fields=("company", "status", "-id"), name="expense_claim_by_status")]

    @property
    def approval_amount(self) -> Decimal:
        """What the approver answers for: the total in company currency."""
        return self.gross


class ExpenseReceipt(CompanyRow):
    """A receipt of a claim. The same file is taken once in a company."""

    claim = models.ForeignKey(ExpenseClaim, models.CASCADE, related_name="receipts", verbose_name=_("claim"))
    attachment = models.OneToOneField("kernel.Attachment", models.PROTECT, related_name="+", verbose_name=_("file"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)

    objects = OwnRows.as_manager()
    own_path = "claim__claimant__employee_user__user_id"
    audited = True

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=("company", "sha256"), name="expense_receipt_once", violation_error_message=_(
                "This receipt is on a claim already; it was not kept.")),
        ]

    def __str__(self) -> str:
        return str(self.attachment)


class ExpenseClaimLine(DocumentLine):
    """One expense. `amount` is what was paid, tax included, in its currency; net, tax and gross are company currency."""

    claim = models.ForeignKey(ExpenseClaim, models.CASCADE, related_name="lines", verbose_name=_("claim"))
    spent_on = models.DateField(_("date"))
    type = models.ForeignKey("erp.ExpenseType", models.PROTECT, related_name="+", verbose_name=_("expense type"), limit_choices_to=Q(is_active=True))
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(_("quantity"), default=1, help_text=_("Kilometres or days where the type has a rate"))
    unit_price = PriceField(_("amount paid"), default=0, help_text=_("With tax, for one; left to the rate where the type has one"))
    currency = models.ForeignKey(
        "kernel.Currency", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("currency"), help_text=_("Empty: the company's"),
    )
    exchange_rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8, default=1, editable=False)
    amount = AmountField(_("amount"), default=0, editable=False)
    tax = models.ForeignKey("kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax"), help_text=_(
        "Empty: what the type says"))
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=6, default=0, editable=False)
    net = AmountField(_("net"), default=0, editable=False)
    tax_amount = AmountField(_("tax amount"), default=0, editable=False)
    gross = AmountField(_("total"), default=0, editable=False)
    receipt = models.ForeignKey(ExpenseReceipt, models.SET_NULL, null=True, blank=True, editable=False, related_name="lines", verbose_name=_("receipt"))
    remarks = models.TextField(_("remarks"), blank=True, editable=False, help_text=_("What is unusual about the line, one a row"))
    is_blocked = models.BooleanField(_("against the policy"), default=False, editable=False)

    objects = OwnRows.as_manager()
    own_path = "claim__claimant__employee_user__user_id"

    class Meta:
        verbose_name = _("claim line")
        verbose_name_plural = _("claim lines")
        ordering = ("claim", "position")
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, amount__gte=0), name="expense_line_positive",
                violation_error_message=_("An expense is above zero: enter what was paid, without a sign."),
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax_amount"), net__gte=0, tax_amount__gte=0), name="expense_line_net_and_tax_make_gross"),
        ]
        indexes = [models.Index(fields=("company", "spent_on", "gross"), name="expense_line_alike")]

    def __str__(self) -> str:
        return self.description or str(self.type)
