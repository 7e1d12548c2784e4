"""What dropping and taking back ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.resources.widgets import Day


class DropForm(forms.Form):
    """Why nothing is claimed."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class TakeBackForm(forms.Form):
    """When and why a claim is taken back."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
