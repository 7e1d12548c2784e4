from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.ledger.roles import AccountRole
from suite.kernel.companies.models import CausedRow
from suite.kernel.money.fields import AmountField, QuantityField


class OpenItem(CausedRow):
    """A debit (positive) or credit (negative) of a party on a control account, open until allocated.

    `amount` is company currency, `amount_currency` the document's (the same where that is the company's). Exchange differences and revaluations
    carry 0 in the document's. The items of an entry equal its lines on the account, per party and currency, at every commit (I10); what is open
    is kept by the database, and nothing open in the document's currency leaves nothing in the company's.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        PAYMENT = "payment", _("Payment")
        ADVANCE = "advance", _("Advance")
        WRITE_OFF = "write_off", _("Write-off")
        DISCOUNT = "discount", _("Early payment discount")
        ROUNDING = "rounding", _("Rounding")
        CHARGEBACK = "chargeback", _("Chargeback")
        REFUND = "refund", _("Refund")
        TRANSFER = "transfer", _("Transfer between parties")
        OPENING = "opening", _("Opening balance")
        EXCHANGE = "exchange", _("Exchange difference")
        CONVERSION = "conversion", _("Conversion into another currency")
        REVALUATION = "revaluation", _("Revaluation")
        BILL = "bill", _("Supplier bill")
        SUPPLIER_CREDIT = "bill_credit", _("Supplier credit note")
        SUPPLIER_PAYMENT = "bill_payment", _("Payment to a supplier")
        SUPPLIER_ADVANCE = "bill_advance", _("Advance to a supplier")
        DEPOSIT = "deposit", _("Deposit")
        WITHHOLDING = "withholding", _("Withholding tax")
        DUNNING_FEE = "dunning_fee", _("Dunning fee")
        INTEREST = "interest", _("Interest on arrears")
        RECOVERY = "recovery", _("Recovered bad debt")
        SET_OFF = "set_off", _("Set-off")
        CLAIM = "claim", _("Claim on a carrier")

    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    party = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("party"))
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, related_name="open_items", verbose_name=_("entry"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    document_key = models.CharField(_("document"), max_length=60, db_index=True)
    issued_on = models.DateField(_("issued on"))
    due_on = models.DateField(_("due on"))
    amount = AmountField(_("amount"))
    open_amount = AmountField(_("open"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    amount_currency = AmountField(_("amount in its currency"))
    open_currency = AmountField(_("open in its currency"))
    is_taxed_on_payment = models.BooleanField(_("its tax falls due as it is settled"), default=False, editable=False)
    withholding_tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("withholding tax"),
    )
    withheld = AmountField(
        _("withholding tax in it"), default=0, editable=False, help_text=_("In its currency: what whoever pays it keeps back for the tax office"),
    )

    portal_party = "party_id"
    append_only = True

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0, amount_currency=0), name="open_item_has_an_amount"),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount_currency__gte=0) | Q(amount__lte=0, amount_currency__lte=0), name="open_item_on_one_side",
            ),
            models.CheckConstraint(
                condition=~Q(amount_currency=0) | Q(kind__in=("exchange", "revaluation")), name="open_item_has_an_amount_in_its_currency",
            ),
            models.CheckConstraint(
                condition=Q(withheld=0) | (Q(withholding_tax__isnull=False) & (
                    Q(withheld__gt=0, amount_currency__gt=F("withheld")) | Q(withheld__lt=0, amount_currency__lt=F("withheld")))),
                name="open_item_withholds_less_than_it_is",
            ),
            models.CheckConstraint(
                condition=~Q(open_currency=0) | Q(open_amount=0) | Q(amount_currency=0), name="open_item_settled_in_both_currencies",
            ),
            models.CheckConstraint(
                condition=Q(
                    amount__gte=0, open_amount__gte=0, open_amount__lte=F("amount"), amount_currency__gte=0, open_currency__gte=0,
                    open_currency__lte=F("amount_currency"),
                )
                | Q(
                    amount__lte=0, open_amount__lte=0, open_amount__gte=F("amount"), amount_currency__lte=0, open_currency__lte=0,
                    open_currency__gte=F("amount_currency"),
                ),
                name="open_item_within_its_amount",
                violation_error_message=_("More is allocated than the item has left."),
            ),
        ]
        indexes = [
            models.Index(
                fields=("company", "party", "due_on"), condition=~Q(open_amount=0) | ~Q(open_currency=0), name="open_item_not_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {abs(self.amount):,.2f}"


class Allocation(CausedRow):
    """Sets a credit item against a debit item. Undone by a row with the amount negated; never changed."""

    debit_item = models.ForeignKey(OpenItem, models.PROTECT, related_name="debit_allocations", verbose_name=_("debit"))
    credit_item = models.ForeignKey(OpenItem, models.PROTECT, related_name="credit_allocations", verbose_name=_("credit"))
    amount = AmountField(_("amount"))
    amount_currency = AmountField(_("amount in the items' currency"))
    allocated_on = models.DateField(_("allocated on"))
    exchange_entry = models.ForeignKey(
        "erp.JournalEntry", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("entry of the exchange difference"),
    )
    undoes = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0, amount_currency=0) & (
                    Q(undoes__isnull=True, amount__gte=0, amount_currency__gte=0) | Q(undoes__isnull=False, amount__lte=0, amount_currency__lte=0)
                ), name="allocation_positive_unless_undoing",
            ),
        ]
        indexes = [
            models.Index(fields=("company", "allocated_on"), name="allocation_by_day"),
            models.Index(fields=("exchange_entry",), condition=Q(exchange_entry__isnull=False), name="allocation_of_exchange"),
        ]

    def __str__(self) -> str:
        return f"{self.debit_item} – {self.credit_item}"


class ClearingItem(CausedRow):
    """What a document line put on a clearing account: goods shipped not invoiced, deferred revenue. Zero per line when all agrees (I9)."""

    role = models.CharField(_("role"), max_length=30, choices=AccountRole)
    account = models.ForeignKey("erp.Account", models.PROTECT, related_name="+", verbose_name=_("account"))
    entry = models.ForeignKey("erp.JournalEntry", models.PROTECT, related_name="clearing_items", verbose_name=_("entry"))
    order_line_key = models.CharField(_("order line"), max_length=60)
    line_key = models.CharField(_("line"), max_length=60)
    invoice_line_key = models.CharField(_("invoice line"), max_length=60, blank=True, help_text=_("Which took it off the account"))
    quantity = QuantityField(_("quantity"))
    amount = AmountField(_("amount"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("clearing item")
        verbose_name_plural = _("clearing items")
        ordering = ("pk",)
        indexes = [
            models.Index(fields=("company", "role", "order_line_key"), name="clearing_of_order_line"),
            models.Index(fields=("company", "role", "line_key"), name="clearing_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.amount:,.2f}"
