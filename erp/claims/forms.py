"""What actions on claims and advances ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.banking.models import BankAccount
from erp.claims.models import ExpenseType
from erp.claims.rules import ClaimLineInput
from suite.kernel.money.models import Currency
from suite.resources.widgets import Day


class PostClaimForm(forms.Form):
    """The day the claim counts in the books."""

    takes = ()
    ledger_date = forms.DateField(label=_("Posted on"), widget=Day, required=False, help_text=_("Empty: the day of the last expense"))


class ReasonForm(forms.Form):
    """Why a claim or advance is refused."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("The employee reads it"))


class ReverseClaimForm(forms.Form):
    """When and why a claim or payment is taken out of the books."""

    takes = ()
    on = forms.DateField(label=_("Date"), widget=Day, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class PayOutForm(forms.Form):
    """From which account, on which day."""

    takes = ()
    bank_account = forms.ModelChoiceField(BankAccount.objects.all(), label=_("Bank or cash account"))
    paid_on = forms.DateField(label=_("Paid on"), widget=Day, required=False, help_text=_("Empty: today"))
    on_statement = forms.BooleanField(label=_("It is on the bank statement already"), required=False)

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        data = dict(self.cleaned_data)
        found = {"bank_account_id": data.pop("bank_account").pk, **data}
        return {name: value for name, value in found.items() if value not in (None, "", False)}


class PayBackForm(PayOutForm):
    """Also how much; empty: all of it."""

    amount = forms.DecimalField(
        label=_("Amount"), max_digits=19, decimal_places=3, min_value=Decimal("0.001"), required=False, help_text=_("Empty: all that is open"),
    )
    field_order = ("bank_account", "amount", "paid_on", "on_statement")


class StartClaimForm(forms.Form):
    """What the expenses were for."""

    purpose = forms.CharField(label=_("What was it for?"), max_length=160, widget=forms.TextInput({"placeholder": _("Trade fair in Hamburg")}))


class ExpenseForm(forms.Form):
    """One expense with its receipt, made for a phone."""

    file = forms.FileField(
        label=_("Receipt"), required=False, widget=forms.FileInput({"accept": "image/jpeg,image/png,application/pdf"}), help_text=_("A photo or a PDF"),
    )
    type = forms.ModelChoiceField(ExpenseType.objects.filter(is_active=True), label=_("Kind of expense"), limit_choices_to={"is_active": True})
    unit_price = forms.DecimalField(
        label=_("Amount paid, with tax"), max_digits=19, decimal_places=2, required=False, widget=forms.NumberInput({"inputmode": "decimal"}),
        help_text=_("Leave it empty for kilometres and days"),
    )
    currency = forms.ModelChoiceField(Currency.objects.all(), label=_("Currency"), required=False)
    quantity = forms.DecimalField(
        label=_("Kilometres or days"), max_digits=9, decimal_places=2, required=False, widget=forms.NumberInput({"inputmode": "decimal"}),
    )
    spent_on = forms.DateField(label=_("Date"), widget=Day)
    description = forms.CharField(label=_("Description"), max_length=200, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].queryset = ExpenseType.objects.visible_to(user).filter(is_active=True)
        self.fields["currency"].empty_label = user.company.currency_id if user.company_id else ""

    def line(self) -> ClaimLineInput:
        """What was typed, as a line of a claim."""
        data = self.cleaned_data
        return ClaimLineInput(
            data["spent_on"], data["type"].pk, unit_price=data["unit_price"], quantity=Decimal(1) if data["quantity"] is None else data["quantity"],
            description=data["description"], currency_id=data["currency"] and data["currency"].pk,
        )
