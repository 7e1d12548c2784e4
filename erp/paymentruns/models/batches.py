from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from erp.paymentruns.models.mandates import Scheme, Sequence
from suite.kernel.documents.models import Document, DocumentLine
from suite.kernel.money.fields import AmountField


class PaymentBatch(Document):
    """Payments to suppliers, or direct debits of customers, that go to the bank together. What was proposed is what is approved and sent."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        EXPORTED = "exported", _("Sent to the bank")
        CONFIRMED = "confirmed", _("Confirmed by the bank")
        REJECTED = "rejected", _("Rejected by the bank")
        CANCELLED = "cancelled", _("Cancelled")

    class Direction(models.TextChoices):
        OUT = "out", _("Payments to suppliers")
        IN = "in", _("Direct debits of customers")

    class Method(models.TextChoices):
        SEPA = "sepa", _("SEPA file")
        LIST = "list", _("Other payments (list for the bank)")
        CHEQUE = "cheque", _("Cheques")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.PROPOSED, editable=False)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.OUT, editable=False)
    method = models.CharField(_("sent as"), max_length=6, choices=Method, default=Method.SEPA, editable=False)
    scheme = models.CharField(_("scheme"), max_length=4, choices=Scheme, blank=True, editable=False)
    bank_account = models.ForeignKey("erp.BankAccount", models.PROTECT, related_name="+", verbose_name=_("bank account"), editable=False)
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"), editable=False)
    execute_on = models.DateField(_("executed on"), editable=False)
    total = AmountField(_("total"), editable=False)
    total_in_books = AmountField(_("total in company currency"), editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True, editable=False)
    approved_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    approved_hash = models.CharField(_("fingerprint of what was approved"), max_length=64, blank=True, editable=False)
    exported_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("sent by"))
    exported_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    file_format = models.CharField(_("file format"), max_length=16, blank=True, editable=False)
    file = models.ForeignKey("kernel.Attachment", models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("file"))
    file_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True, editable=False)

    database_privileges = "SELECT, INSERT, UPDATE"
    editable_statuses = ()
    approvable = {"approve": "approval_amount"}

    class Meta:
        verbose_name = _("payment batch")
        verbose_name_plural = _("payment batches")
        ordering = ("-pk",)
        permissions = [
            ("approve_paymentbatch", "Can approve a payment batch"),
            ("approve_accounts_paymentbatch", "Can vouch for bank accounts of a payment batch that were changed lately"),
            ("export_paymentbatch", "Can send a payment batch to the bank"), ("confirm_paymentbatch", "Can record that the bank has executed a batch"),
            ("reject_paymentbatch", "Can record that the bank has rejected payments"), ("cancel_paymentbatch", "Can cancel a payment batch"),
        ]
        constraints = [
            models.UniqueConstraint(fields=("company", "number"), name="payment_batch_number_once"),
            models.CheckConstraint(condition=Q(total__gt=0, total_in_books__gte=0), name="payment_batch_above_zero"),
            models.CheckConstraint(condition=Q(created_by__isnull=False), name="payment_batch_has_proposer"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("created_by")), name="payment_batch_four_eyes",
                violation_error_message=_("Whoever proposed a batch does not approve it; nothing was done."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=("proposed", "cancelled")) | Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_hash=""),
                name="payment_batch_sent_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("proposed", "approved", "cancelled"), exported_by__isnull=True, file__isnull=True)
                | Q(status__in=("exported", "confirmed", "rejected"), exported_by__isnull=False, exported_at__isnull=False, file__isnull=False)
                & ~Q(file_sha256=""), name="payment_batch_sent_has_file",
            ),
            models.CheckConstraint(
                condition=Q(direction="out", scheme="") | Q(direction="in", method="sepa") & ~Q(scheme=""), name="payment_batch_scheme_fits",
            ),
            models.CheckConstraint(condition=~Q(method="sepa") | Q(currency="EUR"), name="payment_batch_sepa_is_euro"),
        ]
        indexes = [models.Index(fields=("company", "status", "-id"), name="payment_batch_by_status")]

    @property
    def approval_amount(self) -> Decimal:
        """What the approval is for, in company currency."""
        return self.total_in_books

    @property
    def message_id(self) -> str:
        """How the bank names the file in its reports."""
        return f"{self.number}-{self.company_id}"[:35]


class PaymentBatchLine(DocumentLine):
    """An open item in a batch. What of it is paid is `amount` (below zero: a credit set off), in the batch's currency.

    Lines of one `transfer` are one payment at the bank. Whose account it goes to stands here as it was when proposed.
    """

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines", verbose_name=_("batch"))
    transfer = models.PositiveIntegerField(_("transfer"))
    item = models.ForeignKey("erp.OpenItem", models.PROTECT, related_name="+", verbose_name=_("open item"))
    party = models.ForeignKey("kernel.Party", models.PROTECT, related_name="+", verbose_name=_("paid to or by"))
    payee_account = models.ForeignKey(
        "erp.SupplierBankAccount", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("supplier bank account"),
    )
    mandate = models.ForeignKey("erp.Mandate", models.PROTECT, null=True, blank=True, related_name="lines", verbose_name=_("mandate"))
    sequence = models.CharField(_("sequence"), max_length=4, choices=Sequence, blank=True)
    holder = models.CharField(_("account holder"), max_length=160)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    amount = AmountField(_("amount"))
    discount = AmountField(_("discount"), default=0)
    reference = models.CharField(_("reference"), max_length=140, blank=True)
    is_watched = models.BooleanField(_("account changed lately"), default=False)
    vouched_by = models.ForeignKey("kernel.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account approved by"))
    vouched_at = models.DateTimeField(_("account approved at"), null=True, blank=True)
    supplier_payment = models.ForeignKey(
        "erp.SupplierPayment", models.PROTECT, null=True, blank=True, related_name="batch_lines", verbose_name=_("payment"),
    )
    customer_payment = models.ForeignKey(
        "erp.CustomerPayment", models.PROTECT, null=True, blank=True, related_name="batch_lines", verbose_name=_("payment received"),
    )
    cheque_number = models.PositiveIntegerField(_("cheque"), null=True, blank=True)
    is_open = models.BooleanField(_("in an open batch"), default=True)

    audited = True
    portal_party = "party_id"
    database_privileges = "SELECT, INSERT, UPDATE"

    class Meta:
        verbose_name = _("payment batch line")
        verbose_name_plural = _("payment batch lines")
        ordering = ("batch", "position")
        constraints = [
            models.UniqueConstraint(
                fields=("item",), condition=Q(is_open=True), name="bill_in_one_open_batch",
                violation_error_message=_("Another open batch holds one of these bills; nothing was saved."),
            ),
            models.CheckConstraint(condition=~Q(amount=0) & Q(discount__gte=0), name="payment_batch_line_amounts"),
            models.CheckConstraint(
                condition=Q(vouched_by__isnull=True, vouched_at__isnull=True) | Q(vouched_by__isnull=False, vouched_at__isnull=False, is_watched=True),
                name="payment_batch_line_vouched",
            ),
            models.CheckConstraint(
                condition=Q(mandate__isnull=True, sequence="") | Q(mandate__isnull=False, payee_account__isnull=True) & ~Q(sequence=""),
                name="payment_batch_line_one_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.amount:,.2f}"
