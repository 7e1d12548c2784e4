"""What reports of taxes ask."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.receivables.models import WithheldTax
from suite.kernel.taxes.models import Tax
from suite.resources.reporting import KnownAt, PeriodForm


class WithholdingForm(forms.Form):
    """A year, and who kept the tax back."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    side = forms.ChoiceField(label=_("Side"), choices=WithheldTax.Side, required=False)

    def defaults(self) -> dict[str, Any]:
        return {"year": timezone.localdate().year, "side": WithheldTax.Side.PAYABLE}


class TaxReportForm(KnownAt, PeriodForm):
    """A time, and what was known of it when."""


class TaxDocumentsForm(KnownAt, PeriodForm):
    """The same of one tax or all, on one side or both."""

    tax = forms.ModelChoiceField(label=_("Tax"), queryset=Tax.objects.all(), required=False, empty_label=_("All taxes"))
    side = forms.ChoiceField(label=_("Side"), choices=[("", _("both")), ("output", _("Sales")), ("input", _("Purchases"))], required=False)
