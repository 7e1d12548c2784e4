from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class CustomerPayment(Document):
    """Money from (or, as a refund, to) a customer. Posted it waits on outstanding receipts until the statement shows it, or goes to cash."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")
        MATCHED = "matched", _("On the statement")
        REVERSED = "reversed", _("Bounced")

    class Kind(models.TextChoices):
        RECEIPT = "receipt", _("Receipt")
        ADVANCE = "advance", _("Advance before the invoice")
        REFUND = "refund", _("Refund")

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card")
        CASH = "cash", _("Cash")
        DIRECT_DEBIT = "direct_debit", _("Direct debit")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.RECEIPT)
    method = models.CharField(_("method"), max_length=12, choices=Method, default=Method.TRANSFER)
    customer = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"))
    bank_account = models.ForeignKey("erp.BankAccount", models.PROTECT, related_name="+", verbose_name=_("bank or cash account"))
    paid_on = models.DateField(_("paid on"))
    amount = AmountField(_("amount"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    exchange_rate = models.DecimalField(
        _("exchange rate"), max_digits=18, decimal_places=8, null=True, blank=True, editable=False,
        help_text=_("Company currency per unit, of its date; empty in company currency"),
    )
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    advance_tax = models.ForeignKey(
        "kernel.Tax", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax in the advance"),
        limit_choices_to=Q(kind="value_added"), help_text=_("Of an advance before the invoice, where advances are taxed; empty: as the company says"),
    )
    returns = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="returned_by", verbose_name=_("pays back the advance"),
    )
    provider_id = models.CharField(_("payment id of the provider"), max_length=80, null=True, blank=True)  # noqa: DJ001 - unique where known
    entry = models.OneToOneField("erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="payment", verbose_name=_("entry"))
    source_key = models.CharField(_("source"), max_length=80, null=True, blank=True, editable=False)  # noqa: DJ001 - unique where known

    portal_party = "customer_id"

    class Meta:
        verbose_name = _("customer payment")
        verbose_name_plural = _("customer payments")
        ordering = ("-paid_on", "-pk")
        permissions = [
            ("post_customerpayment", "Can post a payment"), ("reverse_customerpayment", "Can record a bounced payment"),
            ("allocate_customerpayment", "Can allocate a payment"), ("match_customerpayment", "Can find a payment on the statement"),
            ("unmatch_customerpayment", "Can take a payment off the statement again"),
            ("transfer_customerpayment", "Can transfer a payment to another customer"),
            ("pay_back_customerpayment", "Can pay an advance back"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive", violation_error_message=_("A payment is above zero.")),
            models.UniqueConstraint(fields=("company", "method", "provider_id"), name="provider_payment_once"),
            models.UniqueConstraint(fields=("company", "source_key"), name="payment_source_once"),
            models.UniqueConstraint(fields=("company", "number"), name="payment_number_once"),
        ]
