"""What the pages of payment runs ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from erp.paymentruns.models import PaymentBatch
from suite.resources.widgets import Day


class ReasonForm(forms.Form):
    """Why."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


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
