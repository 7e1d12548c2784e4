"""What closing, reopening and paying ask."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.banking.models import BankAccount
from erp.closing.checks import closing_checks
from suite.kernel.calendars.models import Period
from suite.resources.widgets import Day


def _items() -> list[tuple[str, str]]:
    return [(check.name, check.label) for check in closing_checks()]


class ClosePeriodForm(forms.Form):
    """Which items of the checklist are waived, and why."""

    takes = ()
    waive = forms.MultipleChoiceField(label=_("Close although"), choices=_items, required=False, widget=forms.CheckboxSelectMultiple)
    is_soft = forms.BooleanField(label=_("Closers may still post"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False, help_text=_("Needed where something is waived"))


class ReopenPeriodForm(forms.Form):
    """Why a closed period is opened again."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200)


class PayFromBankForm(forms.Form):
    """From which bank account, and when."""

    bank_account = forms.ModelChoiceField(BankAccount.objects.all(), label=_("Bank account"))
    paid_on = forms.DateField(label=_("Paid on"), widget=Day, required=False)

    def __init__(self, *args: Any, document: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_account"].queryset = BankAccount.objects.filter(company_id=document.company_id)

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        return {"bank_account_id": self.cleaned_data["bank_account"].pk, "paid_on": self.cleaned_data.get("paid_on")}


class CockpitForm(forms.Form):
    """Whose checklist: a period; the oldest open one unless said otherwise."""

    period = forms.ModelChoiceField(Period.objects.all(), label=_("Period"), required=False)

    def defaults(self) -> dict[str, Any]:
        return {}


def oldest_open(company_id: int) -> Period | None:
    """The period that is to be closed next: the oldest open one that has ended, else the present one."""
    rows = Period.objects.filter(company_id=company_id, is_closing=False).exclude(status=Period.Status.CLOSED).select_related("year").order_by("starts_on")
    today = timezone.localdate()
    return rows.filter(ends_on__lt=today).first() or rows.filter(starts_on__lte=today).last() or rows.first()
