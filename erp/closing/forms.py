"""What closing and reopening ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.closing.rules import LABELS


class ClosePeriodForm(forms.Form):
    """Which items of the checklist are waived, and why."""

    takes = ()
    waive = forms.MultipleChoiceField(
        label=_("Close although"), choices=[(name, label) for name, label in LABELS.items()], required=False, widget=forms.CheckboxSelectMultiple,
    )
    is_soft = forms.BooleanField(label=_("Closers may still post"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ReopenPeriodForm(forms.Form):
    """Why a closed period is opened again."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200)
