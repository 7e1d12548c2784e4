"""What actions and reports of receivables ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.rules import AllocationInput
from erp.receivables.selectors import of_customers
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.reporting import AsOfForm, KnownAt, PeriodForm
from suite.resources.widgets import Day

CUSTOMERS: dict[str, Any] = {"queryset": Party.objects.all(), "limit_choices_to": {"is_customer": True}}


class IssueInvoiceForm(forms.Form):
    """The invoice's date (today) and tax date (the same) unless said otherwise."""

    takes = ()
    issued_on = forms.DateField(label=_("Invoice date"), widget=Day, required=False)
    tax_date = forms.DateField(label=_("Tax date"), widget=Day, required=False, help_text=_("The day of supply, where it is another one"))


class CreditInvoiceForm(forms.Form):
    """Why an invoice is credited, when, and how much of each line; empty: all that is left."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[choice for choice in CustomerInvoice.Reason.choices if choice[0]])
    issued_on = forms.DateField(label=_("Date of the credit note"), widget=Day, required=False)

    def __init__(self, *args: Any, document: CustomerInvoice, user: Any, **kwargs: Any) -> None:
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
        found = {"reason": data["reason"], "quantities": units or None, "issued_on": data.get("issued_on")}
        return {name: value for name, value in found.items() if value not in (None, "")}


class WriteOffForm(forms.Form):
    """When, with or without relief of the tax, and why."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    tax_relief = forms.BooleanField(label=_("The tax is taken back"), required=False, initial=True)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class RecoverForm(forms.Form):
    """How much of a written-off invoice is owed again, and since when."""

    takes = ()
    amount = forms.DecimalField(label=_("Amount"), max_digits=19, decimal_places=3, required=False, help_text=_("Empty: all that was written off"))
    on = forms.DateField(label=_("Date"), widget=Day, required=False)


class AllocatePaymentForm(forms.Form):
    """How much of a payment goes to which open item; all empty: the invoice its reference names, else the oldest."""

    def __init__(self, *args: Any, document: CustomerPayment, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = of_customers(
            OpenItem.objects.filter(company_id=document.company_id, party_id=document.customer_id, account__type="asset"), document.company_id,
        )
        items = items.filter(open_currency__lt=0) if document.kind == CustomerPayment.Kind.REFUND else items.filter(open_currency__gt=0)
        self.currency_id = document.currency_id
        self.items = {f"item_{item.pk}": item for item in items.select_related("entry").order_by("due_on", "pk")[:50]}
        for name, item in self.items.items():
            self.fields[name] = forms.DecimalField(
                label=f"{item.entry.number or item.get_kind_display()}", required=False, max_digits=19, decimal_places=3,
                help_text=_("%(open)s open, due %(day)s") % {"open": abs(item.open_currency), "day": item.due_on}
                if item.currency_id == document.currency_id
                else _("%(currency)s %(open)s open, due %(day)s: how much of the payment (%(paid)s) goes to it")
                % {"currency": item.currency_id, "open": abs(item.open_currency), "day": item.due_on, "paid": document.currency_id},
            )
            if item.currency_id != document.currency_id:
                self.fields[f"{name}_settles"] = forms.DecimalField(
                    label=_("settles %(currency)s") % {"currency": item.currency_id}, required=False, max_digits=19, decimal_places=3,
                    help_text=_("How much of %(item)s that is agreed to settle; empty: what the day's rates make of it") % {"item": item.entry.number},
                )

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        wanted = [
            AllocationInput(item.pk, Decimal(self.cleaned_data[name]), self.cleaned_data.get(f"{name}_settles"))
            for name, item in self.items.items() if self.cleaned_data.get(name) is not None
        ]
        return {"allocations": wanted} if wanted else {}


class ApplyDepositForm(forms.Form):
    """How much of the order's deposits goes to the invoice; empty: all that fits."""

    takes = ()
    amount = forms.DecimalField(label=_("Amount (with tax)"), required=False, max_digits=19, decimal_places=3)
    on = forms.DateField(label=_("Date"), widget=Day, required=False)


class PayBackForm(forms.Form):
    """How much of an advance is paid back; empty: all it has left."""

    takes = ()
    amount = forms.DecimalField(label=_("Amount (with tax)"), required=False, max_digits=19, decimal_places=3)
    on = forms.DateField(label=_("Date"), widget=Day, required=False)


class ReversePaymentForm(forms.Form):
    """When the payment bounced, what the bank took for it, and why."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    fee = forms.DecimalField(label=_("Fee of the bank"), required=False, min_value=ZERO, max_digits=19, decimal_places=3)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class TransferPaymentForm(forms.Form):
    """Whose money it is."""

    takes = ()
    customer = forms.ModelChoiceField(**CUSTOMERS, label=_("Belongs to"))
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        found = {"to_party_id": self.cleaned_data["customer"].pk, "on": self.cleaned_data.get("on"), "reason": self.cleaned_data.get("reason")}
        return {name: value for name, value in found.items() if value not in (None, "")}


class StatementForm(KnownAt, PeriodForm):
    """A customer and a time."""

    customer = forms.ModelChoiceField(**CUSTOMERS, label=_("Customer"))
    field_order = ("customer", "starts_on", "ends_on")


class AgedForm(KnownAt, AsOfForm):
    """A day, and what was known of it when."""


class OpenItemsForm(KnownAt, AsOfForm):
    """A day, one customer or all."""

    customer = forms.ModelChoiceField(**CUSTOMERS, label=_("Customer"), required=False, empty_label=_("All customers"))
