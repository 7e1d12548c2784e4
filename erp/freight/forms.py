"""What giving an accrual up asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.resources.widgets import Day


class GiveUpForm(forms.Form):
    """Why the carrier will not bill it, and from when on it is no cost."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200)
    on = forms.DateField(label=_("Date"), widget=Day, required=False, help_text=_("Empty: today"))
