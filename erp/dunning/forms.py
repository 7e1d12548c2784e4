"""What the pages and actions of dunning ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.kernel.parties.models import Party
from suite.resources.reporting import AsOfForm
from suite.resources.widgets import Day


class DiscardForm(forms.Form):
    """Why a run is given up."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class LeaveOutForm(forms.Form):
    """Why a customer gets no letter this time."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class WaiveForm(forms.Form):
    """When and why the charges of a letter are waived."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200)
    on = forms.DateField(label=_("Date"), widget=Day, required=False)


class PreviewForm(AsOfForm):
    """The day to look at, one customer or all."""

    customer = forms.ModelChoiceField(
        queryset=Party.objects.all(), limit_choices_to={"is_customer": True}, label=_("Customer"), required=False, empty_label=_("All customers"),
    )
