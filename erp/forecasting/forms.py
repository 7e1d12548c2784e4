"""What the forecast's pages ask."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.forecasting.models import CashScenario
from erp.forecasting.rules import Source
from suite.resources.reporting import AsOfForm, PeriodForm
from suite.resources.widgets import Day


class CashForecastForm(AsOfForm):
    """From which day, how far, by day or week, under which scenario, and what must not run out."""

    class By(models.TextChoices):
        WEEK = "week", _("week")
        DAY = "day", _("day")

    weeks = forms.IntegerField(label=_("Weeks"), min_value=1, max_value=52)
    by = forms.ChoiceField(label=_("By"), choices=By.choices)
    scenario = forms.ModelChoiceField(CashScenario.objects.all(), label=_("Scenario"), required=False, empty_label=_("nothing assumed"))
    minimum = forms.DecimalField(label=_("Minimum balance"), max_digits=18, decimal_places=2, required=False, help_text=_("Empty: the scenario's"))

    def defaults(self) -> dict[str, Any]:
        return {**super().defaults(), "weeks": 13, "by": self.By.WEEK.value}


class ExpectedForm(PeriodForm):
    """A forecast's day, and which of its rows: from a day to a day, one source or all."""

    on = forms.DateField(label=_("As of"), widget=Day)
    source = forms.ChoiceField(label=_("Source"), choices=[("", _("all")), *Source.choices, ("doubtful", _("Doubtful"))], required=False)
    scenario = forms.ModelChoiceField(CashScenario.objects.all(), label=_("Scenario"), required=False, empty_label=_("nothing assumed"))
    field_order = ("on", "starts_on", "ends_on", "source", "scenario")

    def defaults(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"on": today, "starts_on": today + timezone.timedelta(days=1), "ends_on": today + timezone.timedelta(days=91)}
