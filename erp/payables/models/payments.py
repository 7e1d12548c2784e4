from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField
from suite.kernel.money.selectors import conversion


class SupplierPayment(Document):
    """Money to (or, as a refund, from) a supplier. Posted it waits on outstanding payments until the statement shows it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        MATCHED = "matched", _("On the statement")
        REVERSED = "reversed", _("Rejected")

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        ADVANCE = "advance", _("Advance before the bill")
        REFUND = "refund", _("Refund by the supplier")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card")
        CASH = "cash", _("Cash")
        DIRECT_DEBIT = "direct_debit", _("Direct debit")
        CHEQUE = "cheque", _("Cheque")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.PAYMENT)
    method = models.CharField(_("method"), max_length=12, choices=Method, default=Method.TRANSFER)
    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("supplier"), limit_choices_to=Q(is_supplier=True),
    )
    bank_account = models.ForeignKey("erp.BankAccount", models.PROTECT, related_name="+", verbose_name=_("bank or cash account"))
    payee_account = models.ForeignKey(
        "erp.SupplierBankAccount", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paid to"),
        limit_choices_to=Q(status="approved"), help_text=_("The supplier's bank account, approved by a second person"),
    )
    paid_on = models.DateField(_("paid on"))
    amount = AmountField(_("amount"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False,
        help_text=_("Company currency per unit, of its date; empty in company currency"),
    )
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="supplier_payment", verbose_name=_("entry"),
    )
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known

    portal_party = "supplier_id"
    approvable = {"post": "approval_amount"}

    class Meta:
        verbose_name = _("supplier payment")
        verbose_name_plural = _("supplier payments")
        ordering = ("-paid_on", "-pk")
        permissions = [
            ("post_supplierpayment", "Can post a payment to a supplier"), ("reverse_supplierpayment", "Can record a rejected payment"),
            ("allocate_supplierpayment", "Can allocate a payment to a supplier"),
            ("match_supplierpayment", "Can find a payment to a supplier on the statement"),
            ("unmatch_supplierpayment", "Can take a payment to a supplier off the statement again"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="supplier_payment_positive", violation_error_message=_("A payment is above zero."),
            ),
            models.UniqueConstraint(fields=("company", "source_key"), name="supplier_payment_source_once"),
            models.UniqueConstraint(fields=("company", "number"), name="supplier_payment_number_once"),
            models.CheckConstraint(condition=Q(status="draft") | Q(entry__isnull=False), name="posted_supplier_payment_has_entry"),
        ]

    @property
    def approval_amount(self) -> Decimal:
        """What is paid in company currency, at the rate of its day. Raises Refusal where there is none."""
        return conversion(company_id=self.company_id, currency_id=self.currency_id, on=self.paid_on).to_books(self.amount)
