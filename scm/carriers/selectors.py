from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from scm.carriers.models import Carrier, CarrierRate


@dataclass(frozen=True)
class RateAnswer:
    """A carrier with its price in the company's currency, the reason it won, and what else was looked at."""

    carrier: Carrier
    price: Decimal
    reason: str
    considered: tuple[str, ...]


def rate(*, company_id: int, weight_kg: Decimal, country: str = "", carrier_id: int | None = None) -> RateAnswer | None:
    """The cheapest active carrier for a parcel of `weight_kg` to `country`, or None where no rate covers it.

    A carrier's rates for the country stand before its rates for everywhere else; of these the narrowest weight band counts.
    """
    rates = CarrierRate.objects.filter(company_id=company_id, up_to_kg__gte=weight_kg, carrier__is_active=True).select_related("carrier")
    if carrier_id is not None:
        rates = rates.filter(carrier_id=carrier_id)
    found: dict[int, CarrierRate] = {}
    for row in rates.order_by("carrier_id", "up_to_kg"):
        if row.country and row.country.casefold() != country.casefold():
            continue
        best = found.get(row.carrier_id)
        if best is None or (row.country and not best.country):
            found[row.carrier_id] = row
    if not found:
        return None
    ranked = sorted(found.values(), key=lambda row: (row.price, row.carrier.transit_days, row.carrier_id))
    said = tuple(
        _("%(carrier)s: %(price)s (up to %(weight)s kg, %(country)s)")
        % {"carrier": row.carrier, "price": row.price, "weight": f"{row.up_to_kg.normalize():f}", "country": row.country or _("everywhere")}
        for row in ranked
    )
    facts = {"count": len(ranked), "weight": f"{weight_kg.normalize():f}", "said": said[0]}
    if len(ranked) == 1:
        reason = _("Only rate for %(weight)s kg: %(said)s") % facts
    else:
        reason = _("Cheapest of %(count)s for %(weight)s kg: %(said)s") % facts
    return RateAnswer(ranked[0].carrier, ranked[0].price, reason, said)
