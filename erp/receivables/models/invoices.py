from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import Company, CompanyRow
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField, PriceField, QuantityField
from suite.kernel.taxes.models import TaxCategory


class CustomerInvoice(Document):
    """An invoice or credit note to a customer. Its legal number is its entry's; posted it never changes (a credit note corrects it)."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        VOID = "void", _("Void")

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        DEPOSIT = "deposit", _("Deposit invoice")

    class Reason(models.TextChoices):
        NONE = "", _("None")
        CORRECTION = "correction", _("Correction of an invoice")
        RETURN = "return", _("Goods returned")
        CANCELLATION = "cancellation", _("Cancelled before dispatch")
        GOODWILL = "goodwill", _("Goodwill")

    class PaymentStatus(models.TextChoices):
        NOT_DUE = "", _("Not posted")
        UNPAID = "unpaid", _("Unpaid")
        PARTIAL = "partial", _("Partly paid")
        PAID = "paid", _("Paid")
        WRITTEN_OFF = "written_off", _("Written off")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INVOICE)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason, default=Reason.NONE, blank=True)
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"))
    order_key = models.CharField(_("order"), max_length=60, blank=True, editable=False, db_index=True)
    order_number = models.CharField(_("order number"), max_length=40, blank=True, editable=False)
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name=_("corrects"))
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    tax_date = models.DateField(_("tax date"), null=True, blank=True)
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False,
        help_text=_("Company currency per unit, of its date; empty in company currency"),
    )
    payment_term = models.ForeignKey(
        "kernel.PaymentTerm", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment term"),
    )
    prices_include_tax = models.BooleanField(_("prices include tax"), default=False)
    tax_rounding = models.CharField(
        _("tax is rounded"), max_length=14, choices=Company.TaxRounding, default=Company.TaxRounding.PER_GROUP, editable=False,
    )
    billing_address = models.TextField(_("billing address"), blank=True)
    customer_reference = models.CharField(_("customer's reference"), max_length=80, blank=True)
    fiscal_position = models.ForeignKey(
        "kernel.FiscalPosition", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("fiscal position"),
    )
    net = AmountField(_("net"), default=0, editable=False)
    tax = AmountField(_("tax"), default=0, editable=False)
    gross = AmountField(_("total"), default=0, editable=False)
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="invoice", verbose_name=_("entry"))
    payment_status = models.CharField(
        _("payment"), max_length=12, choices=PaymentStatus, default=PaymentStatus.NOT_DUE, blank=True, editable=False,
    )
    due_on = models.DateField(_("due on"), null=True, blank=True, editable=False)

    portal_party = "customer_id"
    approvable = {"credit": "approval_amount", "write_off": "approval_amount"}

    class Meta:
        verbose_name = _("customer invoice")
        verbose_name_plural = _("customer invoices")
        ordering = ("-pk",)
        permissions = [
            ("post_customerinvoice", "Can post a customer invoice"), ("void_customerinvoice", "Can void a draft invoice"),
            ("credit_customerinvoice", "Can credit a posted invoice"), ("write_off_customerinvoice", "Can write an invoice off"),
            ("apply_deposit_customerinvoice", "Can set deposits against an invoice"),
            ("recover_customerinvoice", "Can reopen what was written off"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "source_key"), name="invoice_source_once"),
            models.UniqueConstraint(fields=("company", "number"), name="invoice_number_once"),
            models.UniqueConstraint(
                fields=("company", "order_key"), condition=Q(status="draft", kind="invoice") & ~Q(order_key=""), name="one_draft_invoice_per_order",
            ),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="invoice_net_and_tax_make_gross"),
            models.CheckConstraint(condition=Q(gross__gte=0), name="invoice_not_negative", violation_error_message=_(
                "The total is below zero: make a credit note instead.")),
            models.CheckConstraint(condition=~Q(status="posted") | Q(entry__isnull=False, issued_on__isnull=False), name="posted_invoice_has_entry"),
        ]
        indexes = [models.Index(fields=("company", "status", "-id"), name="invoice_by_status")]

    @property
    def approval_amount(self) -> Decimal:
        """The total of a posted invoice in company currency."""
        return round(self.gross * (self.exchange_rate or 1), 2)


class CustomerInvoiceLine(DocumentLine):
    """A line as printed. `net` excludes tax, in document currency, rounded."""

    class Kind(models.TextChoices):
        GOODS = "goods", _("Goods")
        SERVICE = "service", _("Service")
        CHARGE = "charge", _("Charge")
        DISCOUNT = "discount", _("Discount")
        ASSET = "asset", _("Fixed asset sold")
        DEPOSIT = "deposit", _("Deposit")

    invoice = models.ForeignKey(CustomerInvoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.GOODS)
    product = models.ForeignKey("kernel.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product"))
    description = models.CharField(_("description"), max_length=200, blank=True)
    quantity = QuantityField(_("quantity"), default=1)
    unit_price = PriceField(_("unit price"), default=0)
    discount = models.DecimalField(_("discount"), max_digits=7, decimal_places=6, default=0, help_text=_("As a share: 0.15 is 15 %"))
    tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, related_name="+", verbose_name=_("tax"), limit_choices_to=Q(kind__in=("value_added", "group")),
    )
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=6, default=0, editable=False)
    tax_reason = models.CharField(_("why this tax"), max_length=200, blank=True, editable=False)
    net = AmountField(_("net"), default=0, editable=False)
    order_line_key = models.CharField(_("order line"), max_length=60, blank=True, editable=False, db_index=True)
    shipment_line_key = models.CharField(_("shipment line"), max_length=60, blank=True, editable=False)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("corrects"))

    portal_party = "invoice__customer_id"

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ("invoice", "position")
        constraints = [
            models.CheckConstraint(condition=Q(discount__gte=0, discount__lte=1), name="invoice_line_discount_is_a_share"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="invoice_line_price_positive"),
        ]

    def __str__(self) -> str:
        return self.description or str(self.product)


class CustomerInvoiceTax(CompanyRow):
    """Tax detail of an invoice per tax code: what the return and the e-invoice read.

    `books_base` and `books_amount` are what a posted invoice in foreign currency put into the books; empty: `base` and `amount` are that.
    """

    invoice = models.ForeignKey(CustomerInvoice, models.CASCADE, related_name="taxes", verbose_name=_("invoice"))
    code = models.ForeignKey("kernel.Tax", models.PROTECT, related_name="+", verbose_name=_("tax"))
    category = models.CharField(_("category"), max_length=2, choices=TaxCategory)
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=6)
    base = AmountField(_("base"))
    amount = AmountField(_("tax"))
    books_base = AmountField(_("base in company currency"), null=True, editable=False)
    books_amount = AmountField(_("tax in company currency"), null=True, editable=False)

    portal_party = "invoice__customer_id"

    class Meta:
        verbose_name = _("invoice tax")
        verbose_name_plural = _("invoice taxes")
        ordering = ("invoice", "pk")
        constraints = [models.UniqueConstraint(fields=("invoice", "code", "rate"), name="invoice_tax_once")]

    def __str__(self) -> str:
        return f"{self.code}: {self.amount}"


class CustomerInvoiceInstalment(CompanyRow):
    """A part of the total with its own due date."""

    invoice = models.ForeignKey(CustomerInvoice, models.CASCADE, related_name="instalments", verbose_name=_("invoice"))
    due_on = models.DateField(_("due on"))
    amount = AmountField(_("amount"))

    portal_party = "invoice__customer_id"

    class Meta:
        verbose_name = _("invoice instalment")
        verbose_name_plural = _("invoice instalments")
        ordering = ("invoice", "due_on", "pk")

    def __str__(self) -> str:
        return f"{self.due_on}: {self.amount}"
