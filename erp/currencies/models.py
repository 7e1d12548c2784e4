from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.documents.models import Document
from suite.kernel.money.fields import AmountField


class Revaluation(Document):
    """What is owed and held in foreign currency, at the rates of a day. Open items go back on the next day (FX-4, FX-5), money stays."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        POSTED = "posted", _("Posted")

    status = models.CharField(_("status"), max_length=24, choices=Status, default=Status.DRAFT, editable=False)
    valued_on = models.DateField(_("valued on"), help_text=_("Usually the last day of a period"))
    gain = AmountField(_("gain"), default=0, editable=False)
    loss = AmountField(_("loss"), default=0, editable=False)
    entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="revaluation", verbose_name=_("entry"),
    )
    reversal = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="revaluation_reversed", verbose_name=_("reversal"),
    )
    money_entry = models.OneToOneField(
        "erp.JournalEntry", models.PROTECT, null=True, editable=False, related_name="revaluation_of_money", verbose_name=_("entry of bank accounts"),
    )

    editable_statuses = ("draft",)

    class Meta:
        verbose_name = _("revaluation")
        verbose_name_plural = _("revaluations")
        ordering = ("-valued_on", "-pk")
        permissions = [("post_revaluation", "Can post a revaluation")]
        constraints = [
            models.UniqueConstraint(fields=("company", "valued_on"), condition=Q(status="draft"), name="one_draft_revaluation_per_day",
                                    violation_error_message=_("There is a draft for this day already: open it.")),
            models.UniqueConstraint(fields=("company", "number"), name="revaluation_number_once"),
            models.CheckConstraint(
                condition=Q(entry__isnull=True, reversal__isnull=True) | Q(entry__isnull=False, reversal__isnull=False), name="revaluation_is_reversed",
            ),
            models.CheckConstraint(condition=Q(gain__gte=0, loss__gte=0), name="revaluation_gain_and_loss_positive"),
        ]


class RevaluationLine(CompanyRow):
    """An open item, or a bank account, at the rate of the day. `carried` is what the books have, `valued` what it is worth then."""

    revaluation = models.ForeignKey(Revaluation, models.CASCADE, related_name="lines", verbose_name=_("revaluation"))
    position = models.PositiveIntegerField(_("position"), default=1)
    open_item = models.ForeignKey("erp.OpenItem", models.PROTECT, null=True, related_name="+", verbose_name=_("open item"))
    bank_account = models.ForeignKey("erp.BankAccount", models.PROTECT, null=True, related_name="+", verbose_name=_("bank account"))
    party = models.ForeignKey("kernel.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("party"))
    currency = models.ForeignKey("kernel.Currency", models.PROTECT, related_name="+", verbose_name=_("currency"))
    amount_currency = AmountField(_("amount in its currency"))
    rate = models.DecimalField(_("exchange rate"), max_digits=18, decimal_places=8)
    carried = AmountField(_("in the books"))
    valued = AmountField(_("worth"))
    difference = AmountField(_("difference"))

    class Meta:
        verbose_name = _("revaluation line")
        verbose_name_plural = _("revaluation lines")
        ordering = ("revaluation", "position")
        constraints = [
            models.CheckConstraint(condition=Q(difference=F("valued") - F("carried")), name="revaluation_difference_adds_up"),
            models.CheckConstraint(
                condition=Q(open_item__isnull=False, bank_account__isnull=True) | Q(open_item__isnull=True, bank_account__isnull=False),
                name="revaluation_line_values_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.currency_id} {self.amount_currency}: {self.difference}"
