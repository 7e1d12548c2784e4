"""What the pages of payment runs ask."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.banking.models import BankAccount
from erp.paymentruns.models import PaymentBatch
from erp.paymentruns.models.mandates import Scheme
from suite.kernel.money.models import Currency
from suite.kernel.money.rules import ZERO
from suite.resources.widgets import Day


class ReasonForm(forms.Form):
    """Why."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class SendForm(forms.Form):
    """A remark for the history; the page shows what sending posts."""

    takes = ()
    reason = forms.CharField(label=_("Remark"), max_length=200, required=False)


class ActivateForm(forms.Form):
    """When the mandate was signed."""

    takes = ()
    signed_on = forms.DateField(label=_("Signed on"), widget=Day, required=False, help_text=_("Empty: as entered"))


class VouchForm(forms.Form):
    """Whose new accounts somebody vouches for."""

    def __init__(self, *args: Any, document: PaymentBatch, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = document.lines.filter(is_watched=True, vouched_by=None).select_related("party").order_by("position")
        choices = [(line.pk, f"{line.position}. {line.party} · {line.holder} · {line.iban}") for line in waiting]
        self.fields["lines"] = forms.TypedMultipleChoiceField(
            label=_("Accounts changed lately"), choices=choices, coerce=int, widget=forms.CheckboxSelectMultiple, initial=[key for key, _label in choices],
            help_text=_("Call the supplier under a number you know, and compare."), required=bool(choices),
        )


class RejectForm(forms.Form):
    """Which payments the bank sent back, when and why."""

    def __init__(self, *args: Any, document: PaymentBatch, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names: dict[int, str] = {}
        for line in document.lines.select_related("party", "supplier_payment", "customer_payment").order_by("position"):
            payment = line.supplier_payment or line.customer_payment
            if payment is not None and payment.status != "reversed":
                names.setdefault(line.transfer, f"{line.party} · {payment.amount:,.2f} {payment.currency_id} · {payment.reference}")
        self.fields["transfers"] = forms.TypedMultipleChoiceField(
            label=_("Payments"), choices=list(names.items()), coerce=int, widget=forms.CheckboxSelectMultiple, required=False,
            help_text=_("Nothing ticked: all of them"),
        )
        self.fields["on"] = forms.DateField(label=_("Date"), widget=Day, required=False)
        self.fields["reason"] = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def kwargs(self) -> dict[str, Any]:
        """What the transition takes."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}


class ProposalForm(forms.Form):
    """What is to be paid or collected, from which account, by when."""

    direction = forms.ChoiceField(label=_("What"), choices=PaymentBatch.Direction.choices, initial=PaymentBatch.Direction.OUT)
    bank_account = forms.ModelChoiceField(BankAccount.objects.none(), label=_("Bank account"), empty_label=None)
    execute_on = forms.DateField(label=_("Executed on"), widget=Day)
    due_until = forms.DateField(label=_("Due until"), widget=Day)
    currency = forms.ModelChoiceField(Currency.objects.all(), label=_("Currency"), empty_label=None)
    minimum = forms.DecimalField(label=_("At least (each party)"), required=False, min_value=0, max_digits=19, decimal_places=3)
    scheme = forms.ChoiceField(label=_("Scheme"), choices=Scheme.choices, required=False, help_text=_("Direct debits only"))
    cheques = forms.BooleanField(label=_("Cheques for suppliers without a bank account"), required=False)

    def __init__(self, data: Any = None, *, user: Any) -> None:
        accounts = BankAccount.objects.visible_to(user).filter(is_cash=False).order_by("code")
        first = accounts.first()
        usual = {
            "direction": "out", "bank_account": first and first.pk, "execute_on": timezone.localdate(), "due_until": timezone.localdate() + timedelta(days=7),
            "currency": first.currency_id if first else "EUR", "scheme": "CORE",
        }
        super().__init__({**{name: str(value) for name, value in usual.items() if value is not None}, **(data.dict() if data else {})})
        self.fields["bank_account"].queryset = accounts
        for field in self.fields.values():
            look = {forms.Select: "form-select", forms.CheckboxInput: "form-check-input"}.get(type(field.widget), "form-control")
            field.widget.attrs.update({"class": look, **({"data-plain": ""} if look == "form-select" else {})})

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("execute_on") and values["execute_on"] < timezone.localdate():
            self.add_error("execute_on", _("No bank executes on a day that has passed."))
        return values

    def criteria(self) -> dict[str, Any]:
        """What the proposal takes."""
        values = self.cleaned_data
        return {
            "bank_account": values["bank_account"], "direction": values["direction"], "due_until": values["due_until"], "execute_on": values["execute_on"],
            "currency_id": values["currency"].pk, "minimum": values["minimum"] or ZERO, "scheme": values["scheme"] or "CORE",
        }


class AnswerForm(forms.Form):
    """A status report of the bank."""

    file = forms.FileField(label=_("Status report (pain.002)"))
