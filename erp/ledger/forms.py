"""What reports and actions of the ledger ask."""

from typing import Any

from django import forms
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.dimensions.models import Dimension, DimensionValue
from erp.ledger.models import Account, Journal
from suite.resources.reporting import AsOfForm, ComparedForm, KnownAt, PeriodForm
from suite.resources.widgets import Day


class OfValue(forms.Form):
    """Mixed into the parameters of a report that can be of one value of an analytic dimension."""

    value = forms.ModelChoiceField(
        DimensionValue.objects.select_related("dimension"), label=_("Dimension value"), required=False, empty_label=_("all"),
    )


class DimensionResultForm(KnownAt, PeriodForm):
    """A time, a dimension, and which part of its tree."""

    dimension = forms.ModelChoiceField(Dimension.objects.all(), label=_("Dimension"))
    below = forms.ModelChoiceField(DimensionValue.objects.all(), label=_("Below"), required=False, empty_label=_("the whole dimension"))
    field_order = ("dimension", "below", "starts_on", "ends_on", "known_at")

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("below") and values.get("dimension") and values["below"].dimension_id != values["dimension"].pk:
            self.add_error("below", _("This value belongs to another dimension."))
        return values


class TrialBalanceForm(OfValue, KnownAt, AsOfForm):
    """A day, and from when movements are shown (empty: from the beginning)."""

    starts_on = forms.DateField(label=_("Movements from"), widget=Day, required=False)
    field_order = ("on", "starts_on", "value", "known_at")


class BalanceSheetForm(KnownAt, ComparedForm, AsOfForm):
    """A day, and what stands beside it."""

    field_order = ("on", "compare", "known_at")


class ResultForm(OfValue, KnownAt, ComparedForm, PeriodForm):
    """A time, and what stands beside it."""

    field_order = ("starts_on", "ends_on", "compare", "value", "known_at")


class CashFlowForm(KnownAt, PeriodForm):
    """A time, and whether cash is followed from its counter-accounts or from the result."""

    class Method(models.TextChoices):
        DIRECT = "direct", _("direct: what it was received and paid for")
        INDIRECT = "indirect", _("indirect: from the result")

    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)
    field_order = ("starts_on", "ends_on", "method", "known_at")

    def defaults(self) -> dict[str, Any]:
        return {**super().defaults(), "method": self.Method.DIRECT.value}


class JournalForm(KnownAt, PeriodForm):
    """A time, one journal or all; this month unless said otherwise."""

    journal = forms.ModelChoiceField(Journal.objects.all(), label=_("Journal"), required=False, empty_label=_("All journals"))

    def defaults(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"starts_on": today.replace(day=1), "ends_on": today}


class GeneralLedgerForm(OfValue, KnownAt, PeriodForm):
    """An account and a time."""

    account = forms.ModelChoiceField(Account.objects.all(), label=_("Account"))
    field_order = ("account", "starts_on", "ends_on", "value", "known_at")


class ReverseEntryForm(forms.Form):
    """When the mirror is booked, and why."""

    takes = ()
    on = forms.DateField(label=_("Date of the reversal"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
