from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class ReceivedInvoice(Document):
    """An electronic invoice that came in: the file as it came, what was recognised, and the bill it became. `number` is the supplier's."""

    class Status(models.TextChoices):
        OPEN = "open", _("Needs a person")
        BILLED = "billed", _("Bill made")
        DISMISSED = "dismissed", _("Dismissed")

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.OPEN, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INVOICE, editable=False)
    syntax = models.CharField(_("format"), max_length=16, editable=False)
    file = models.FileField(_("file"), upload_to="e-invoices/%Y/%m/", editable=False)
    file_name = models.CharField(_("file name"), max_length=160, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    seller_name = models.CharField(_("sender"), max_length=160, editable=False)
    seller_vat = models.CharField(_("sender's VAT number"), max_length=32, blank=True, editable=False)
    seller_key = models.CharField(_("sender as compared"), max_length=160, editable=False)
    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("supplier"), limit_choices_to=Q(is_supplier=True), editable=False,
    )
    recognised_by = models.CharField(_("recognised by"), max_length=80, blank=True, editable=False)
    issued_on = models.DateField(_("issued on"), editable=False)
    due_on = models.DateField(_("due on"), null=True, editable=False)
    currency_code = models.CharField(_("currency"), max_length=3, editable=False)
    net = AmountField(_("net"), default=0, editable=False)
    tax = AmountField(_("tax"), default=0, editable=False)
    gross = AmountField(_("total"), default=0, editable=False)
    payable = AmountField(_("to pay"), default=0, editable=False)
    problems = models.JSONField(_("not recognised"), default=list, editable=False)  # [{field, message, hint}], of the last attempt
    bill = models.OneToOneField("erp.SupplierBill", models.PROTECT, null=True, related_name="received", verbose_name=_("bill"), editable=False)

    editable_statuses = ()

    class Meta:
        verbose_name = _("received e-invoice")
        verbose_name_plural = _("received e-invoices")
        ordering = ("-pk",)
        permissions = [("bill_receivedinvoice", "Can make a bill of a received e-invoice"), ("dismiss_receivedinvoice", "Can dismiss a received e-invoice")]
        constraints = [
            models.UniqueConstraint(fields=("company", "sha256"), name="received_file_once"),
            models.UniqueConstraint(
                fields=("company", "seller_key", "kind", "number", "issued_on"), condition=~Q(status="dismissed"), name="received_invoice_once",
            ),
            models.CheckConstraint(condition=Q(status="billed", bill__isnull=False) | (~Q(status="billed") & Q(bill__isnull=True)), name="billed_has_its_bill"),
        ]
        indexes = [models.Index(fields=("company", "status", "-id"), name="received_by_status")]
