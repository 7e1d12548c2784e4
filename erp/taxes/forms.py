"""What reports of taxes ask."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.receivables.models import WithheldTax


class WithholdingForm(forms.Form):
    """A year, and who kept the tax back."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100, initial=lambda: timezone.localdate().year)
    side = forms.ChoiceField(label=_("Side"), choices=WithheldTax.Side, required=False)
