"""Forms of the board, and one per step of a shipment."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from scm.carriers.models import Carrier
from scm.shipping.forms.lots import LotsField, lots_to_name, whole
from scm.shipping.models import Shipment, TrackingEvent
from suite.kernel.products.models import Product
from suite.resources.widgets import Day, Moment


class ShipmentForm(forms.Form):
    """A form about one shipment, for one user."""

    def __init__(self, data: Any = None, *, document: Shipment, user: Any, **kwargs: Any) -> None:
        self.document, self.user = document, user
        super().__init__(data, **kwargs)
        self.ask()

    def ask(self) -> None:
        """Add the fields that depend on the shipment."""


class BookForm(ShipmentForm):
    carrier = forms.ModelChoiceField(
        Carrier.objects.none(), label=_("Carrier"), required=False, help_text=_("Empty: the cheapest rate for weight and country"),
    )
    weight_kg = forms.DecimalField(
        label=_("Weight (kg)"), required=False, min_value=Decimal(0), decimal_places=3, max_digits=12, help_text=_("Empty: what the goods weigh"),
    )
    parcels = forms.IntegerField(label=_("Parcels"), required=False, min_value=1, max_value=99, help_text=_("Empty: as packed, else one"))
    tracking_number = forms.CharField(
        label=_("Tracking number"), required=False, max_length=60, help_text=_("Empty: the number of the first parcel"),
    )

    def ask(self) -> None:
        self.fields["carrier"].queryset = Carrier.objects.visible_to(self.user).filter(is_active=True)
        self.fields["carrier"].initial = self.document.carrier_id
        self.fields["weight_kg"].initial = self.document.weight_kg or None

    def kwargs(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if carrier := given.pop("carrier", None):
            given["carrier_id"] = carrier.pk
        return given


class DispatchForm(ShipmentForm):
    """A quantity per line: what was picked, else what was planned. What is left out goes with the next shipment.

    For products tracked by lots also the lots, one a line: those that were picked, else those that expire first.
    """

    def ask(self) -> None:
        lines = list(self.document.lines.select_related("product__unit").order_by("position"))
        is_picked = any(line.picked for line in lines)
        offered = lots_to_name(self.document, [line for line in lines if line.product.tracking == Product.Tracking.LOT])
        for line in lines:
            quantity = line.picked if is_picked else line.quantity
            name = f"{line.product.sku} {line.description or line.product.name}"
            self.fields[f"line_{line.pk}"] = forms.DecimalField(
                label=name, min_value=Decimal(0), decimal_places=6, max_digits=19, initial=quantity,
                help_text=_("planned %(quantity)s %(unit)s") % {"quantity": f"{line.quantity:f}", "unit": line.product.unit.code},
            )
            if line.pk in offered:
                self.fields[f"lots_{line.pk}"] = LotsField(
                    label=_("Lots of %(article)s") % {"article": line.product.sku}, required=False, initial=offered[line.pk].initial(quantity),
                    help_text=offered[line.pk].help_text(),
                )
        self.fields["dispatched_on"] = forms.DateField(label=_("Left on"), required=False, widget=Day(), help_text=_("Empty: today"))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in [name for name in self.fields if name.startswith("lots_")]:
            leaving = given.get(name.replace("lots_", "line_"))
            if leaving and name in given and not given[name]:
                self.add_error(name, ValidationError(_("Say which lots leave: one a line, with its quantity."), code="lot_missing"))
        return given

    def kwargs(self) -> dict[str, Any]:
        given = self.cleaned_data
        quantities = {
            int(name.removeprefix("line_")): value for name, value in given.items() if name.startswith("line_") and value is not None
        }
        lots = {
            int(name.removeprefix("lots_")): whole(value, quantities.get(int(name.removeprefix("lots_")), Decimal(0)))
            for name, value in given.items() if name.startswith("lots_") and value
        }
        found = {"quantities": quantities, **({"lots": lots} if lots else {})}
        return {**found, **({"dispatched_on": given["dispatched_on"]} if given.get("dispatched_on") else {})}


class DeliverForm(ShipmentForm):
    delivered_at = forms.DateTimeField(label=_("Handed over at"), required=False, widget=Moment(), help_text=_("Empty: now"))
    received_by = forms.CharField(label=_("Received by"), required=False, max_length=120)


class ExceptionForm(ShipmentForm):
    reason = forms.CharField(label=_("What is wrong"), max_length=200)
    expected_on = forms.DateField(label=_("Now expected on"), required=False, widget=Day())


class ReturnForm(ShipmentForm):
    returned_on = forms.DateField(label=_("Back on"), required=False, widget=Day(), help_text=_("Empty: today"))
    reason = forms.CharField(label=_("Why it came back"), required=False, max_length=200)


class LoseForm(ShipmentForm):
    lost_on = forms.DateField(label=_("Lost on"), required=False, widget=Day(), help_text=_("Empty: today. Credit note and loss bear this day"))
    is_given_up = forms.BooleanField(
        label=_("Do not send it again"), required=False, help_text=_("The order gives these goods up; otherwise they are planned anew"),
    )
    reason = forms.CharField(label=_("What the carrier says"), required=False, max_length=200)

    def kwargs(self) -> dict[str, Any]:
        given = self.cleaned_data
        found = {"lost_on": given.get("lost_on"), "reason": given.get("reason"), "is_sent_again": not given.get("is_given_up")}
        return {name: value for name, value in found.items() if value not in (None, "")}


class CancelForm(ShipmentForm):
    reason = forms.CharField(label=_("Why"), required=False, max_length=200)


class TrackingForm(forms.ModelForm):
    """A carrier's report entered by hand; the event id keeps the same report from counting twice."""

    class Meta:
        model = TrackingEvent
        fields = ("carrier", "tracking_number", "external_id", "code", "happened_at", "place", "description", "expected_on")
        widgets = {"happened_at": Moment(), "expected_on": Day()}

    def __init__(self, data: Any = None, *, user: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["carrier"].queryset = Carrier.objects.visible_to(user).filter(is_active=True)
        self.fields["external_id"].required = False
        self.fields["external_id"].help_text = _("Empty: made from number, code and time")
        self.fields["happened_at"].initial = timezone.localtime

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("happened_at") and not given.get("external_id"):
            given["external_id"] = f"{given.get('tracking_number')}/{given.get('code')}/{given['happened_at']:%Y%m%d%H%M}"[:80]
        return given

    def validate_unique(self) -> None:
        """The same report again is no fault: it changes nothing."""

    def validate_constraints(self) -> None:
        """As above."""

    def _post_clean(self) -> None:
        """The service writes the row, so none is built here."""


class BoardFilter(forms.Form):
    """Which shipments the board shows."""

    q = forms.CharField(label=_("Number, order, customer"), required=False)
    site = forms.ModelChoiceField(None, label=_("Site"), required=False)
    carrier = forms.ModelChoiceField(None, label=_("Carrier"), required=False)
    late = forms.BooleanField(label=_("Late only"), required=False)

    def __init__(self, data: Any, *, sites: Any, carriers: Any) -> None:
        super().__init__(data)
        self.fields["site"].queryset, self.fields["carrier"].queryset = sites, carriers
        self.fields["site"].empty_label, self.fields["carrier"].empty_label = _("All sites"), _("All carriers")

    def clean_q(self) -> str:
        text = self.cleaned_data["q"].strip()
        if "\x00" in text:
            raise ValidationError(_("This text has a character that no name has."))
        return text
