from decimal import Decimal

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import ExtractYear, Upper
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import Company, CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField, PriceField, QuantityField
from suite.kernel.money.selectors import conversion
from suite.kernel.taxes.models import TaxCategory


class LettersAndDigits(Func):
    """A text without blanks, dashes, slashes and the like: how references are compared."""

    function = "regexp_replace"

    def __init__(self, expression, **extra) -> None:
        super().__init__(expression, Value("[^A-Za-z0-9]"), Value(""), Value("g"), output_field=models.CharField(), **extra)


class SupplierBill(Document):
    """A supplier's invoice or credit note. Its number is its entry's, `supplier_reference` is the supplier's; posted it never changes."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        TO_APPROVE = "to_approve", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        POSTED = "posted", _("Posted")
        REVERSED = "reversed", _("Reversed")
        VOID = "void", _("Void")

    class Kind(models.TextChoices):
        BILL = "bill", _("Bill")
        CREDIT_NOTE = "credit_note", _("Credit note")

    class PaymentStatus(models.TextChoices):
        NOT_DUE = "", _("Not posted")
        UNPAID = "unpaid", _("Unpaid")
        PARTIAL = "partial", _("Partly paid")
        PAID = "paid", _("Paid")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.BILL)
    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("supplier"), limit_choices_to=Q(is_supplier=True),
    )
    supplier_reference = models.CharField(
        _("supplier's number"), max_length=60, help_text=_("As printed on the bill; the same one is taken once per supplier and year"),
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects"))
    issued_on = models.DateField(_("bill date"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    tax_date = models.DateField(_("tax date"), null=True, blank=True)
    ledger_date = models.DateField(_("posted on"), null=True, blank=True, help_text=_("The day it counts in the books; empty: the bill date"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False,
        help_text=_("Company currency per unit, of its date; empty in company currency"),
    )
    payment_term = models.ForeignKey(
        "kernel.PaymentTerm", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment term"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True, editable=False)
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    tax_rounding = models.CharField(
        _("tax is rounded"), max_length=14, choices=Company.TaxRounding, default=Company.TaxRounding.PER_GROUP, editable=False,
    )
    stated_total = AmountField(
        _("total as printed"), null=True, blank=True, help_text=_("Compared with what the lines come to; a cent or two of rounding goes to the tax"),
    )
    fiscal_position = models.ForeignKey(
        "kernel.FiscalPosition", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("fiscal position"),
    )
    net = AmountField(_("net"), default=0, editable=False)
    tax = AmountField(_("tax"), default=0, editable=False)
    gross = AmountField(_("total"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="bill", verbose_name=_("entry"))
    payment_status = models.CharField(
        _("payment"), max_length=12, choices=PaymentStatus, default=PaymentStatus.NOT_DUE, blank=True, editable=False,
    )
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    order_key = models.CharField(_("purchase order"), max_length=60, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)

    portal_party = "supplier_id"
    approvable = {"post": "approval_amount"}

    class Meta:
        verbose_name = _("supplier bill")
        verbose_name_plural = _("supplier bills")
        ordering = ("-pk",)
        permissions = [
            ("post_supplierbill", "Can post a supplier bill"), ("void_supplierbill", "Can void a draft supplier bill"),
            ("credit_supplierbill", "Can record a supplier's credit note"), ("reverse_supplierbill", "Can reverse a supplier bill"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "source_key"), name="bill_source_once"),
            models.UniqueConstraint(fields=("company", "number"), name="bill_number_once"),
            models.UniqueConstraint(
                F("company"), F("supplier"), F("kind"), ExtractYear("issued_on"), Upper(LettersAndDigits(F("supplier_reference"))),
                condition=~Q(status__in=("void", "reversed")), name="bill_reference_once",
                violation_error_message=_("This supplier's bill of that number and year is here already; it was not saved."),
            ),
            models.CheckConstraint(condition=~Q(supplier_reference=""), name="bill_has_a_reference"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="bill_net_and_tax_make_gross"),
            models.CheckConstraint(condition=Q(gross__gte=0), name="bill_not_negative", violation_error_message=_(
                "The total is below zero: enter a credit note instead.")),
            models.CheckConstraint(
                condition=~Q(status__in=("posted", "reversed")) | Q(entry__isnull=False, ledger_date__isnull=False), name="posted_bill_has_entry",
            ),
        ]
        indexes = [
            models.Index(fields=("company", "status", "-id"), name="bill_by_status"),
            models.Index(fields=("company", "supplier", "gross", "issued_on"), name="bill_alike"),
        ]

    @property
    def approval_amount(self) -> Decimal:
        """The total in company currency, at the rate of its date. Raises Refusal where there is none."""
        return conversion(company_id=self.company_id, currency_id=self.currency_id, on=self.issued_on).to_books(self.gross)


class SupplierBillLine(DocumentLine):
    """A line of a bill. `net` excludes tax, in document currency, rounded. Its account is the one named, else the product's for expenses."""

    bill = models.ForeignKey(SupplierBill, models.CASCADE, related_name="lines", verbose_name=_("bill"))
    product = models.ForeignKey("kernel.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product"))
    account = models.ForeignKey("erp.Account", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(_("quantity"), default=1)
    unit_price = PriceField(_("unit price"), default=0)
    discount = models.DecimalField(_("discount"), max_digits=7, decimal_places=6, default=0, help_text=_("As a share: 0.15 is 15 %"))
    tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax"),
        limit_choices_to=Q(kind__in=("value_added", "group")),
    )
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=6, default=0, editable=False)
    tax_reason = models.CharField(_("why this tax"), max_length=200, blank=True, editable=False)
    net = AmountField(_("net"), default=0, editable=False)
    asset_class = models.ForeignKey(
        "erp.AssetClass", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("becomes an asset"), limit_choices_to=Q(is_active=True),
        help_text=_("Posted, the line is a draft asset of this class; without an account it goes to assets under construction"),
    )
    deferral_from = models.DateField(_("for the time from"), null=True, blank=True, help_text=_("Prepaid: each month bears its part"))
    deferral_until = models.DateField(_("to"), null=True, blank=True)
    freight = models.ForeignKey(
        "erp.FreightAccrual", models.PROTECT, null=True, blank=True, related_name="bill_lines", verbose_name=_("freight of shipment"),
        limit_choices_to=Q(status="open"), help_text=_("What was expected is settled; the difference is cost of freight"),
    )
    order_line_key = models.CharField(_("order line"), max_length=60, blank=True, editable=False)
    receipt_line_key = models.CharField(_("receipt line"), max_length=60, blank=True, editable=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("corrects"))

    portal_party = "bill__supplier_id"

    class Meta:
        verbose_name = _("bill line")
        verbose_name_plural = _("bill lines")
        ordering = ("bill", "position")
        constraints = [
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=1), name="bill_line_discount_is_a_share"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="bill_line_price_positive"),
            models.CheckConstraint(
                condition=Q(deferral_from__isnull=True, deferral_until__isnull=True) | Q(deferral_until__gte=F("deferral_from")),
                name="bill_line_time_has_both_ends", violation_error_message=_("A time has a first and a last day, in this order."),
            ),
            models.CheckConstraint(
                condition=Q(asset_class__isnull=True, freight__isnull=True) | Q(asset_class__isnull=True, deferral_from__isnull=True)
                | Q(freight__isnull=True, deferral_from__isnull=True), name="bill_line_is_one_thing",
                violation_error_message=_("A line is an asset, prepaid, or freight of a shipment: one of them."),
            ),
        ]

    def __str__(self) -> str:
        return self.description or str(self.product or self.account or "")


class SupplierBillTax(CompanyRow):
    """Tax detail of a bill per tax code, as charged; `self_assessed` is what we owe and deduct ourselves (reverse charge).

    The `books_` amounts are what a posted bill in foreign currency put into the books; empty: the others are that.
    """

    bill = models.ForeignKey(SupplierBill, models.CASCADE, related_name="taxes", verbose_name=_("bill"))
    code = models.ForeignKey("kernel.Tax", models.PROTECT, related_name="+", verbose_name=_("tax"))
    category = models.CharField(_("category"), max_length=2, choices=TaxCategory)
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=6)
    base = AmountField(_("base"))
    amount = AmountField(_("tax"))
    self_assessed = AmountField(_("owed by us"), default=0)
    not_deductible = AmountField(_("not deductible"), default=0, help_text=_("Part of the tax (charged or owed by us) that is cost"))
    books_base = AmountField(_("base in company currency"), null=True, editable=False)
    books_amount = AmountField(_("tax in company currency"), null=True, editable=False)
    books_self_assessed = AmountField(_("owed by us, in company currency"), null=True, editable=False)

    portal_party = "bill__supplier_id"

    class Meta:
        verbose_name = _("bill tax")
        verbose_name_plural = _("bill taxes")
        ordering = ("bill", "pk")
        constraints = [models.UniqueConstraint(fields=("bill", "code", "rate"), name="bill_tax_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.amount}"


class SupplierBillInstalment(CompanyRow):
    """A part of a posted bill with its own due date."""

    bill = models.ForeignKey(SupplierBill, models.CASCADE, related_name="instalments", verbose_name=_("bill"))
    due_on = models.DateField(_("due on"))
    amount = AmountField(_("amount"))

    portal_party = "bill__supplier_id"

    class Meta:
        verbose_name = _("bill instalment")
        verbose_name_plural = _("bill instalments")
        ordering = ("bill", "due_on")

    def __str__(self) -> str:
        return f"{self.due_on}: {self.amount}"
