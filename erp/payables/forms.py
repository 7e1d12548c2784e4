"""What actions and reports of payables ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.payables.models import SupplierBill
from suite.resources.widgets import Day


class PostBillForm(forms.Form):
    """The day the bill counts in the books."""

    takes = ()
    ledger_date = forms.DateField(label=_("Posted on"), widget=Day, required=False, help_text=_("Empty: the bill date"))


class ReverseBillForm(forms.Form):
    """When and why a bill is taken out of the books."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class CreditBillForm(forms.Form):
    """The supplier's credit note: its number, its date, and how much of each line; empty: all that is left."""

    supplier_reference = forms.CharField(label=_("Number of the credit note"), max_length=60)
    issued_on = forms.DateField(label=_("Date of the credit note"), widget=Day, required=False)

    def __init__(self, *args: Any, document: SupplierBill, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {f"line_{line.pk}": line for line in document.lines.select_related("product").order_by("position")}
        for name, line in self.lines.items():
            self.fields[name] = forms.DecimalField(
                label=f"{line}", required=False, max_digits=19, decimal_places=6, help_text=_("of %(quantity)s") % {"quantity": line.quantity},
            )

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        data = self.cleaned_data
        units = {line.pk: data[name] for name, line in self.lines.items() if data.get(name) is not None}
        found = {"supplier_reference": data["supplier_reference"], "quantities": units or None, "issued_on": data.get("issued_on")}
        return {name: value for name, value in found.items() if value not in (None, "")}
