"""What actions and reports of fixed assets ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from suite.resources.reporting import AsOfForm
from suite.resources.widgets import Day

CUSTOMERS: dict[str, Any] = {"queryset": Party.objects.all(), "limit_choices_to": {"is_customer": True}}


class CapitaliseForm(forms.Form):
    """From when on the asset is used; empty: today."""

    takes = ()
    on = forms.DateField(label=_("In service on"), widget=Day, required=False)


class ChangeValueForm(forms.Form):
    """By how much, when, and why."""

    takes = ()
    amount = forms.DecimalField(label=_("Amount"), max_digits=19, decimal_places=3, min_value=Decimal("0.001"))
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class ScrapForm(forms.Form):
    """When, how much of it, and why."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    share = forms.DecimalField(label=_("Part"), max_digits=7, decimal_places=6, required=False, initial=1, help_text=_("1: the whole; 0.5: half of it"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class SellForm(ScrapForm):
    """To whom, for how much without tax, with which tax."""

    customer = forms.ModelChoiceField(label=_("Customer"), **CUSTOMERS)
    price = forms.DecimalField(label=_("Price without tax"), max_digits=19, decimal_places=3, min_value=Decimal("0.001"))
    tax = forms.ModelChoiceField(Tax.objects.filter(is_active=True), label=_("Tax"))
    field_order = ("customer", "price", "tax", "on", "share", "reason")

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        data = dict(self.cleaned_data)
        found = {"customer_id": data.pop("customer").pk, "tax_id": data.pop("tax").pk, **data}
        return {name: value for name, value in found.items() if value not in (None, "")}


class RegisterForm(AsOfForm):
    """A day, and as known when."""

    known_at = forms.DateTimeField(label=_("As known at"), required=False, help_text=_("Empty: now"), widget=forms.DateTimeInput({"type": "datetime-local"}))
