"""What actions and reports of payables ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.ledger.models import AccountAssignment
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill, SupplierPayment
from erp.receivables.models import OpenItem
from suite.kernel.parties.models import Party
from suite.resources.reporting import AsOfForm, KnownAt, PeriodForm
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


class AllocateSupplierPaymentForm(forms.Form):
    """How much of a payment goes to which open item; all empty: the bills its reference names, else the oldest."""

    def __init__(self, *args: Any, document: SupplierPayment, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        payable = AccountAssignment.objects.filter(company_id=document.company_id, role=AccountRole.AP)
        items = OpenItem.objects.filter(company_id=document.company_id, party_id=document.supplier_id, account__in=payable.values("account"))
        items = items.filter(open_currency__gt=0) if document.kind == SupplierPayment.Kind.REFUND else items.filter(open_currency__lt=0)
        self.items = {f"item_{item.pk}": item for item in items.select_related("entry").order_by("due_on", "pk")[:50]}
        for name, item in self.items.items():
            self.fields[name] = forms.DecimalField(
                label=f"{item.entry.number or item.get_kind_display()}", required=False, max_digits=19, decimal_places=3,
                help_text=_("%(open)s open, due %(day)s") % {"open": f"{abs(item.open_currency)} {item.currency_id}", "day": item.due_on},
            )

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        wanted = [(item.pk, Decimal(self.cleaned_data[name])) for name, item in self.items.items() if self.cleaned_data.get(name) is not None]
        return {"allocations": wanted} if wanted else {}


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


class AgedPayablesForm(KnownAt, AsOfForm):
    """A day, and what was known of it when."""


class SupplierStatementForm(KnownAt, PeriodForm):
    """A supplier and a time."""

    supplier = forms.ModelChoiceField(queryset=Party.objects.all(), limit_choices_to={"is_supplier": True}, label=_("Supplier"))
    field_order = ("supplier", "starts_on", "ends_on")
