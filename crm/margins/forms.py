"""What approving a margin asks."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ApproveForm(forms.Form):
    """Why less than the floor is right here."""

    takes = ()
    reason = forms.CharField(label=_("Why is this margin right here?"), max_length=200)
