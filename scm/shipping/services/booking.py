"""A carrier is chosen, its price written down, and every parcel gets its number."""

from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scm.carriers.models import Carrier
from scm.carriers.selectors import RateAnswer, rate
from scm.shipping.models import Parcel, Shipment
from scm.shipping.rules import sscc
from scm.shipping.signals import shipment_booked
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, split
from suite.kernel.numbering.services import next_number


@transition(
    Shipment, "book", source=Shipment.OPEN, target=Shipment.Status.BOOKED, after=shipment_booked,
    label=gettext_lazy("Book carrier"), icon="calendar-check", order=10,
)
def book_shipment(
    shipment: Shipment, *, actor: Any, act: Act, carrier_id: int | None = None, service: str = "", tracking_number: str = "",
    weight_kg: Decimal | None = None, parcels: int | None = None, country: str = "",
) -> None:
    """The shipment with carrier, price, parcels and tracking number (the first parcel's number unless the carrier gave one).

    Without a carrier the cheapest rate for weight and country decides. Weight and number of parcels are what was packed,
    else what the products weigh, in one parcel. Booking again replaces the booking. Raises Refusal where no rate covers the shipment.
    """
    if parcels is not None and not 1 <= parcels <= 99:
        raise Refusal(_("A shipment has 1 to 99 parcels; it was not booked."), field="parcels")
    if weight_kg is not None and weight_kg < 0:
        raise Refusal(_("The weight is below zero; the shipment was not booked."), field="weight_kg")
    shipment.weight_kg = weight_kg or shipment.weight_kg or _product_weight(shipment)
    carrier, answer = _choose(shipment, carrier_id or shipment.carrier_id, country or shipment.customer.country)
    shipment.carrier = carrier
    shipment.service = service or carrier.service
    shipment.freight_cost = answer.price if answer else ZERO
    shipment.freight_reason = (answer.reason if answer else _("No rate of this carrier covers the weight; price unknown."))[:200]
    numbers = number_parcels(shipment, carrier.gs1_prefix, parcels)
    shipment.tracking_number = tracking_number.strip() or numbers[0].sscc
    act.payload = {"carrier_key": carrier.key, "tracking_number": shipment.tracking_number, "freight_cost": f"{shipment.freight_cost:f}"}


def number_parcels(shipment: Shipment, prefix: str, count: int | None) -> list[Parcel]:
    """The parcels of a shipment: those it has when the count is right (None: any), else new ones that share the weight."""
    parcels = list(shipment.parcels.order_by("position"))
    if parcels and count in (None, len(parcels)):
        return parcels
    count = count or 1
    shipment.parcels.all().delete()
    weights = split(shipment.weight_kg, [Decimal(1)] * count, 3)
    serials = [int(next_number(company_id=shipment.company_id, series="SSCC").rpartition("-")[2]) for _number in range(count)]
    return Parcel.objects.bulk_create([
        Parcel(company_id=shipment.company_id, shipment=shipment, position=position, sscc=sscc(prefix, serial), weight_kg=weight)
        for position, (serial, weight) in enumerate(zip(serials, weights, strict=True), 1)
    ])


def _product_weight(shipment: Shipment) -> Decimal:
    total = shipment.lines.aggregate(weight=Sum(F("quantity") * F("product__weight_kg")))["weight"] or ZERO
    return total.quantize(Decimal("0.001"))


def _choose(shipment: Shipment, carrier_id: int | None, country: str) -> tuple[Carrier, RateAnswer | None]:
    answer = rate(company_id=shipment.company_id, weight_kg=shipment.weight_kg, country=country, carrier_id=carrier_id)
    if answer:
        return answer.carrier, answer
    carrier = Carrier.objects.filter(company_id=shipment.company_id, pk=carrier_id, is_active=True).first() if carrier_id else None
    if carrier is None:
        raise Refusal(
            _("No carrier's rates cover %(weight)s kg to %(country)s; %(shipment)s was not booked.")
            % {"weight": f"{shipment.weight_kg:f}", "country": country or _("this address"), "shipment": shipment},
            field="carrier", hint=_("Name a carrier, or add a rate under Logistics, Carriers."),
        )
    return carrier, None
