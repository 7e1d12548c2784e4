from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow


class PaymentSettings(CompanyRow):
    """How a company pays and collects. Without a row the defaults stand."""

    class TransferFormat(models.TextChoices):
        NEW = "pain.001.001.09", "pain.001.001.09"
        OLD = "pain.001.001.03", "pain.001.001.03"

    class DebitFormat(models.TextChoices):
        NEW = "pain.008.001.08", "pain.008.001.08"
        OLD = "pain.008.001.02", "pain.008.001.02"

    watched_days = models.PositiveSmallIntegerField(
        _("new bank accounts are watched for (days)"), default=7,
        help_text=_("A payment to a supplier's bank account that is younger needs a further approval of its own; 0: none does"),
    )
    transfer_format = models.CharField(_("format of transfers"), max_length=16, choices=TransferFormat, default=TransferFormat.NEW)
    debit_format = models.CharField(_("format of direct debits"), max_length=16, choices=DebitFormat, default=DebitFormat.NEW)
    creditor_id = models.CharField(_("creditor identifier"), max_length=35, blank=True, help_text=_("Given by the central bank; needed for direct debits"))
    notice_days = models.PositiveSmallIntegerField(
        _("customers are told before (days)"), default=14, help_text=_("Between the announcement of a direct debit and its collection"),
    )

    audited = True

    class Meta:
        verbose_name = _("payment settings")
        verbose_name_plural = _("payment settings")
        constraints = [models.UniqueConstraint(
            fields=("company",), name="payment_settings_once", violation_error_message=_("The company has its payment settings; change those."),
        )]

    def __str__(self) -> str:
        return self.transfer_format


class PaymentHold(CompanyRow):
    """A supplier, or one bill, that is not paid for the time being."""

    supplier = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("supplier"), limit_choices_to=Q(is_supplier=True),
    )
    bill = models.ForeignKey(
        "erp.SupplierBill", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only this bill"),
        help_text=_("Empty: nothing is paid to the supplier"),
    )
    reason = models.CharField(_("reason"), max_length=200)
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("Empty: until it is removed"))

    audited = True

    class Meta:
        verbose_name = _("payment hold")
        verbose_name_plural = _("payment holds")
        ordering = ("-pk",)
        constraints = [models.UniqueConstraint(fields=("company", "supplier", "bill"), name="payment_hold_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.reason


class ChequeBook(CompanyRow):
    """Cheques of a bank account and the next number to be printed."""

    bank_account = models.ForeignKey(
        "erp.BankAccount", models.PROTECT, related_name="+", verbose_name=_("bank account"), limit_choices_to=Q(is_cash=False),
    )
    first_number = models.PositiveIntegerField(_("first number"))
    last_number = models.PositiveIntegerField(_("last number"))
    next_number = models.PositiveIntegerField(_("next number"))
    is_active = models.BooleanField(_("in use"), default=True)

    audited = True

    class Meta:
        verbose_name = _("cheque book")
        verbose_name_plural = _("cheque books")
        ordering = ("bank_account", "first_number")
        constraints = [
            models.UniqueConstraint(fields=("bank_account", "first_number"), name="cheque_book_once"),
            models.CheckConstraint(
                condition=Q(last_number__gte=F("first_number"), next_number__gte=F("first_number"), next_number__lte=F("last_number") + 1),
                name="cheque_numbers_in_order", violation_error_message=_("The next number lies between the first and the last."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_number}–{self.last_number}"
