"""What matching a statement line asks."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from erp.banking.models import StatementLine
from erp.ledger.roles import AccountRole
from erp.receivables.models import CustomerPayment

WITHOUT_PAYMENT = (AccountRole.BANK_FEES, AccountRole.SUSPENSE, AccountRole.TRANSFER_CLEARING, AccountRole.OTHER_INCOME, AccountRole.EXPENSE)


class MatchForm(forms.Form):
    """The payment that the line shows, or the account it goes to; neither: money of the line's customer, allocated at once."""

    payment = forms.ModelChoiceField(CustomerPayment.objects.filter(status="posted"), label=_("Payment"), required=False)
    account_role = forms.ChoiceField(
        label=_("Or without a payment"), required=False, choices=[("", _("Money of the line's customer")), *((r.value, r.label) for r in WITHOUT_PAYMENT)],
    )

    def __init__(self, *args: Any, document: StatementLine, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = Q(status="posted", bank_account_id=document.bank_account_id)
        self.fields["payment"].queryset = CustomerPayment.objects.filter(fitting, company_id=document.company_id)
        self.fields["payment"].limit_choices_to = fitting

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("payment") and values.get("account_role"):
            raise forms.ValidationError(_("Choose a payment or an account, not both."))
        return values

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        if self.cleaned_data.get("payment"):
            return {"payment_id": self.cleaned_data["payment"].pk}
        return {"account_role": self.cleaned_data["account_role"]} if self.cleaned_data.get("account_role") else {}


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
