"""What reports and actions of the ledger ask."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.ledger.models import Account, Journal
from suite.resources.reporting import AsOfForm, PeriodForm
from suite.resources.widgets import Day


class TrialBalanceForm(AsOfForm):
    """A day, and from when movements are shown (empty: from the beginning)."""

    starts_on = forms.DateField(label=_("Movements from"), widget=Day, required=False)


class JournalForm(PeriodForm):
    """A time, one journal or all; this month unless said otherwise."""

    journal = forms.ModelChoiceField(Journal.objects.all(), label=_("Journal"), required=False, empty_label=_("All journals"))

    def defaults(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {"starts_on": today.replace(day=1), "ends_on": today}


class GeneralLedgerForm(PeriodForm):
    """An account and a time."""

    account = forms.ModelChoiceField(Account.objects.all(), label=_("Account"))
    field_order = ("account", "starts_on", "ends_on")


class ReverseEntryForm(forms.Form):
    """When the mirror is booked, and why."""

    takes = ()
    on = forms.DateField(label=_("Date of the reversal"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
