"""What stopping and releasing ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.resources.widgets import Day


class StopForm(forms.Form):
    """Why a recurring entry ends."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ReleaseForm(forms.Form):
    """On which day the rest of a deferral counts, and why."""

    takes = ()
    on = forms.DateField(label=_("Counts on"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
