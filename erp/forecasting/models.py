from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CompanyRow
from suite.kernel.money.fields import AmountField

HORIZON_WEEKS = 13  # what a snapshot looks ahead


class CashScenario(CompanyRow):
    """What is assumed of the weeks to come. It changes what is shown, never a record."""

    name = models.CharField(_("name"), max_length=60)
    receipts_shift_days = models.SmallIntegerField(_("customers pay later by days"), default=0, help_text=_("Below zero: earlier"))
    payments_shift_days = models.SmallIntegerField(_("suppliers are paid later by days"), default=0, help_text=_("Below zero: earlier"))
    lost_share = models.DecimalField(
        _("share of receipts lost"), max_digits=5, decimal_places=4, default=0, help_text=_("As a share: 0.05 is 5 % of open invoices and orders"),
    )
    minimum_balance = AmountField(_("minimum balance"), null=True, blank=True, help_text=_("Below it the forecast warns"))

    audited = True

    class Meta:
        verbose_name = _("cash scenario")
        verbose_name_plural = _("cash scenarios")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=("company", "name"), name="cash_scenario_once"),
            models.CheckConstraint(
                condition=Q(lost_share__gte=0, lost_share__lte=1), name="cash_scenario_loss_is_a_share",
                violation_error_message=_("The share of loss lies between 0 and 1."),
            ),
            models.CheckConstraint(
                condition=Q(receipts_shift_days__gte=-365, receipts_shift_days__lte=365, payments_shift_days__gte=-365, payments_shift_days__lte=365),
                name="cash_scenario_shift_within_a_year", violation_error_message=_("Payments are shifted by a year at most."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExcludedCustomer(CompanyRow):
    """A customer whose invoices and orders do not count in a scenario."""

    scenario = models.ForeignKey(CashScenario, models.CASCADE, related_name="excluded", verbose_name=_("cash scenario"))
    customer = models.ForeignKey(
        "kernel.Party", models.PROTECT, related_name="+", verbose_name=_("customer"), limit_choices_to=Q(is_customer=True),
    )

    audited = True

    class Meta:
        verbose_name = _("customer left out")
        verbose_name_plural = _("customers left out")
        ordering = ("scenario", "pk")
        constraints = [models.UniqueConstraint(fields=("scenario", "customer"), name="customer_left_out_once")]

    def __str__(self) -> str:
        return str(self.customer)


class ScenarioItem(CompanyRow):
    """Money that only the scenario knows of: a loan paid out, a machine to buy."""

    scenario = models.ForeignKey(CashScenario, models.CASCADE, related_name="items", verbose_name=_("cash scenario"))
    expected_on = models.DateField(_("expected on"))
    description = models.CharField(_("description"), max_length=200)
    amount = AmountField(_("amount"), help_text=_("Below zero: paid out"))

    audited = True

    class Meta:
        verbose_name = _("one-off item")
        verbose_name_plural = _("one-off items")
        ordering = ("scenario", "expected_on", "pk")
        constraints = [models.CheckConstraint(
            condition=~Q(amount=0), name="scenario_item_has_an_amount", violation_error_message=_("A one-off item has an amount."))]

    def __str__(self) -> str:
        return self.description


class CashForecast(CompanyRow):
    """What was expected on a day, kept as it was said then, to be held against what came. Company currency; opening is bank, cash and what is on its way."""

    made_on = models.DateField(_("made on"))
    opening = AmountField(_("opening balance"))
    taken_at = models.DateTimeField(_("recorded at"), auto_now_add=True)

    append_only = True

    class Meta:
        verbose_name = _("cash forecast")
        verbose_name_plural = _("cash forecasts")
        ordering = ("-made_on",)
        constraints = [models.UniqueConstraint(fields=("company", "made_on"), name="cash_forecast_once_a_day")]

    def __str__(self) -> str:
        return f"{self.made_on:%Y-%m-%d}"


class CashForecastWeek(CompanyRow):
    """One of the weeks after a forecast (the first begins on the day after it): receipts, payments (both above zero), balance at its end."""

    forecast = models.ForeignKey(CashForecast, models.PROTECT, related_name="weeks", verbose_name=_("cash forecast"))
    week = models.PositiveSmallIntegerField(_("week"))
    ends_on = models.DateField(_("to"))
    receipts = AmountField(_("receipts"))
    payments = AmountField(_("payments"))
    closing = AmountField(_("closing balance"))

    append_only = True

    class Meta:
        verbose_name = _("week of a cash forecast")
        verbose_name_plural = _("weeks of cash forecasts")
        ordering = ("forecast", "week")
        constraints = [
            models.UniqueConstraint(fields=("forecast", "week"), name="cash_forecast_week_once"),
            models.CheckConstraint(condition=Q(week__gte=1, week__lte=HORIZON_WEEKS), name="cash_forecast_week_of_its_horizon"),
            models.CheckConstraint(condition=Q(receipts__gte=0, payments__gte=0), name="cash_forecast_week_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.forecast} + {self.week}"
