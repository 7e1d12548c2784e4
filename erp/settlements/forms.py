"""What reversing asks."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.resources.widgets import Day


class ReverseForm(forms.Form):
    """When and why a set-off is taken back."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
