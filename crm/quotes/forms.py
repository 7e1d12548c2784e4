"""What the transitions of a quote ask."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RejectForm(forms.Form):
    """Why the customer turned the offer down."""

    takes = ()
    reason = forms.CharField(label=_("Why did the customer turn it down?"), max_length=200)


class AcceptForm(forms.Form):
    """What the customer wrote on the acceptance."""

    takes = ()
    customer_reference = forms.CharField(label=_("Customer's order number"), max_length=80, required=False)
