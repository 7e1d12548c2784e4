"""What loading a statement and matching its lines ask."""

import re
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.banking.models import BankAccount, StatementLine
from erp.banking.rules import PartInput
from erp.banking.services.finding import lines_for
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierPayment
from erp.receivables.models import CustomerPayment
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.widgets import RemoteSelect

WITHOUT_PAYMENT = (AccountRole.BANK_FEES, AccountRole.SUSPENSE, AccountRole.TRANSFER_CLEARING, AccountRole.OTHER_INCOME, AccountRole.EXPENSE)


class MatchForm(forms.Form):
    """The payment that the line shows, or the account it goes to; neither: money of the line's customer, allocated at once."""

    payment = forms.ModelChoiceField(CustomerPayment.objects.filter(status="posted"), label=_("Payment"), required=False)
    supplier_payment = forms.ModelChoiceField(SupplierPayment.objects.filter(status="posted"), label=_("Payment to a supplier"), required=False)
    account_role = forms.ChoiceField(
        label=_("Or without a payment"), required=False,
        choices=[("", _("Money of the line's customer or supplier")), *((r.value, r.label) for r in WITHOUT_PAYMENT)],
    )

    def __init__(self, *args: Any, document: StatementLine, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = Q(status="posted", bank_account_id=document.bank_account_id)
        self.fields["payment"].queryset = CustomerPayment.objects.filter(fitting, company_id=document.company_id)
        self.fields["payment"].limit_choices_to = fitting
        self.fields["supplier_payment"].queryset = SupplierPayment.objects.filter(fitting, company_id=document.company_id)
        self.fields["supplier_payment"].limit_choices_to = fitting

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if sum(1 for name in ("payment", "supplier_payment", "account_role") if values.get(name)) > 1:
            raise forms.ValidationError(_("Choose a payment or an account, not both."))
        return values

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        if self.cleaned_data.get("payment"):
            return {"payment_id": self.cleaned_data["payment"].pk}
        if self.cleaned_data.get("supplier_payment"):
            return {"supplier_payment_id": self.cleaned_data["supplier_payment"].pk}
        return {"account_role": self.cleaned_data["account_role"]} if self.cleaned_data.get("account_role") else {}


class FindForm(forms.Form):
    """The line of the statement that shows a payment."""

    statement_line_id = forms.ModelChoiceField(StatementLine.objects.none(), label=_("Statement line"))

    def __init__(self, *args: Any, document: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statement_line_id"].queryset = lines_for(document)
        self.fields["statement_line_id"].label_from_instance = lambda line: f"{line.booked_on}  {line.amount:,.2f}  {line.counterparty_name or line.text}"
        fitting = [line for line in lines_for(document)[:200] if abs(line.amount) == document.amount]
        self.fields["statement_line_id"].initial = fitting[0].pk if fitting else None

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        return {"statement_line_id": self.cleaned_data["statement_line_id"].pk}


class UnmatchForm(forms.Form):
    """On which day a match is taken back, and why."""

    on = forms.DateField(label=_("Dated"), required=False, help_text=_("Empty: the day of the line itself"))
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)

    def __init__(self, *args: Any, document: StatementLine, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = document.ledger_on or document.booked_on

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        return {"on": self.cleaned_data["on"], "reason": self.cleaned_data["reason"]}


class LoadForm(forms.Form):
    """A file from the bank, and the account where the file does not say it."""

    file = forms.FileField(label=_("Statement file"), help_text=_("camt.052, camt.053, camt.054, MT940, OFX, QIF or CSV, up to 20 MB"))
    bank_account = forms.ModelChoiceField(
        BankAccount.objects.none(), label=_("Bank account"), required=False, empty_label=_("As the file says"), widget=forms.Select({"data-plain": ""}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_account"].queryset = BankAccount.objects.visible_to(user).filter(is_cash=False)


class ExplainForm(forms.Form):
    """A whole line to one account, or one customer or supplier."""

    account = forms.ModelChoiceField(Account.objects.none(), label=_("Account"), required=False, widget=RemoteSelect(Account))
    party = forms.ModelChoiceField(Party.objects.none(), label=_("Customer or supplier"), required=False, widget=RemoteSelect(Party))
    is_advance = forms.BooleanField(label=_("Advance"), required=False)
    remember = forms.BooleanField(label=_("Make a rule of it"), required=False, initial=True)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.visible_to(user).filter(is_active=True, control="")
        self.fields["party"].queryset = Party.objects.visible_to(user).filter(Q(is_customer=True) | Q(is_supplier=True))
        for name, model in (("account", Account), ("party", Party)):
            self.fields[name].widget = RemoteSelect(model)
            self.fields[name].widget.choices = self.fields[name].choices

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if bool(values.get("account")) == bool(values.get("party")):
            raise forms.ValidationError(_("Choose an account, or a customer or supplier."))
        return values

    def part(self, amount: Any) -> PartInput:
        """What the line is."""
        account, party = self.cleaned_data.get("account"), self.cleaned_data.get("party")
        return PartInput(
            amount, account_id=account and account.pk, party_id=party and party.pk,
            is_advance=bool(party) and self.cleaned_data.get("is_advance", False),
        )


class PartForm(ExplainForm):
    """One part of a split line."""

    amount = forms.DecimalField(label=_("Amount"), max_digits=16, decimal_places=3, required=False)
    field_order = ("amount", "account", "party", "is_advance")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["remember"]

    def clean(self) -> dict[str, Any]:
        if not self.has_changed():
            return self.cleaned_data
        values = super().clean()
        if not values.get("amount"):
            self.add_error("amount", _("Enter the part's amount."))
        return values


ROWS, MOST_ROWS = 4, 200


def split_forms(data: Any, user: Any, *, more: bool = False) -> list[PartForm]:
    """The rows of a split, filled or empty: as many as were sent (`more`: and some), never less than a few."""
    sent = [int(name.removeprefix("part").partition("-")[0]) for name in data or () if re.fullmatch(r"part\d{1,3}-amount", name)]
    count = min(max([ROWS, *sent]) + (ROWS if more else 0), MOST_ROWS)
    return [PartForm(data, prefix=f"part{number}", user=user) for number in range(1, count + 1)]


def parts_of(forms_: list[PartForm]) -> list[PartInput]:
    """The parts typed, of valid rows."""
    return [form.part(form.cleaned_data["amount"]) for form in forms_ if form.cleaned_data.get("amount", ZERO)]
