"""Lots on a pick list: which are proposed, first expiry first, and which were taken."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from scm.shipping.models import Shipment, ShipmentLot
from scm.shipping.rules import Place, allot, place_of
from scm.shipping.selectors import today_at_site
from scm.shipping.services.lots import lot_row
from scm.shipping.signals import LotAnswer, LotOffer, LotWish, lots_asked
from scm.warehousing.models import PickListLine
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.products.models import Product

PLACE = PickListLine._meta.get_field("place").max_length
Rows = dict[Place, ShipmentLot]


@dataclass
class Plan:
    """What the lots of some lines are to be: rows to make, to change, to forget."""

    made: list[ShipmentLot] = field(default_factory=list)
    kept: list[ShipmentLot] = field(default_factory=list)
    dropped: list[ShipmentLot] = field(default_factory=list)

    def write(self) -> None:
        """At most three statements."""
        if self.dropped:
            ShipmentLot.objects.filter(pk__in=[row.pk for row in self.dropped]).delete()
        if self.kept:
            ShipmentLot.objects.bulk_update(self.kept, ("picked", "proposed", "place"))
        if self.made:
            ShipmentLot.objects.bulk_create(self.made)


def is_tracked(line: PickListLine) -> bool:
    """Whether the line's product is tracked by lots, so that each piece must be counted with its lot."""
    return line.product.tracking == Product.Tracking.LOT


def propose_lots(shipment: Shipment, lines: Sequence[PickListLine], order_line_keys: Mapping[int, str]) -> None:
    """Lots for what is not picked yet of the lines, first expiry first; `place` of each line says where they lie."""
    rows = _rows(lines)
    wishes = [LotWish(order_line_keys[line.shipment_line_id], line.product_id) for line in lines]
    used: dict[Place, Decimal] = {}
    plan = Plan()
    for line, answer in zip(lines, _ask(shipment, wishes), strict=True):
        _propose(shipment, line, rows[line.shipment_line_id], answer.offers, used, plan)
    plan.write()


def count_lot(shipment: Shipment, line: PickListLine, number: str, quantity: Decimal, *, is_added: bool) -> Decimal:
    """Picked of the line after `quantity` units of the lot were counted: added to, or in place of, what was counted of this lot.

    Raises Refusal at field "lot" for a lot that is unknown, of another product, expired or not free, at "quantity" for more than is
    wanted or there; then nothing is counted.
    """
    number = number.strip()
    rows = _rows([line])[line.shipment_line_id]
    key = line.shipment_line.order_line_key
    named, rest = _ask(shipment, [LotWish(key, line.product_id, number), LotWish(key, line.product_id)])
    own = [row for row in rows.values() if row.number.lower() == number.lower()]
    total = quantity + sum((row.picked for row in own), ZERO) if is_added else quantity
    if total and named.problem:
        raise Refusal(_("%(problem)s Nothing was counted.") % {"problem": named.problem}, field="lot", code="lot_refused", hint=named.hint)
    others = sum((row.picked for row in rows.values() if row not in own), ZERO)
    if total < 0 or others + total > line.quantity:
        raise Refusal(
            _("%(line)s: %(quantity)s is more than the %(wanted)s wanted; nothing was counted.")
            % {"line": line, "quantity": plain(others + total), "wanted": plain(line.quantity)}
            if total >= 0 else _("A quantity is below zero; nothing was counted."), field="quantity",
        )
    _take(shipment, line, own, rows, named.offers, total)
    plan = Plan()
    _propose(shipment, line, rows, rest.offers, {}, plan)
    plan.write()
    return others + total


def trim_lots(lines: Sequence[PickListLine]) -> None:
    """Where a line wants less than was picked of its lots, what was counted last goes back."""
    rows, less = _rows(lines), []
    for line in lines:
        surplus = sum((row.picked for row in rows[line.shipment_line_id].values()), ZERO) - line.picked
        for row in reversed(rows[line.shipment_line_id].values()):
            part = min(row.picked, max(surplus, ZERO))
            if part:
                row.picked, surplus = row.picked - part, surplus - part
                less.append(row)
    if less:
        ShipmentLot.objects.bulk_update(less, ("picked",))


def line_of_lot(lines: Iterable[PickListLine], number: str) -> PickListLine | None:
    """The line that asks for this lot and is not complete; a scanned lot label needs no article."""
    open_lines = {line.shipment_line_id: line for line in lines if is_tracked(line) and line.picked < line.quantity}
    found = ShipmentLot.objects.filter(line__in=open_lines, number__iexact=number).order_by("line__position", "pk").first()
    return open_lines[found.line_id] if found else None


def plain(number: Decimal) -> str:
    """A quantity without meaningless zeros."""
    return f"{number.normalize():f}"


def _ask(shipment: Shipment, wishes: Sequence[LotWish]) -> list[LotAnswer]:
    return lots_asked.ask(company_id=shipment.company_id, site_id=shipment.site_id, on=today_at_site(shipment), wishes=wishes)


def _rows(lines: Sequence[PickListLine]) -> dict[int, Rows]:
    rows: dict[int, Rows] = defaultdict(dict)
    for row in ShipmentLot.objects.filter(line__in=[line.shipment_line_id for line in lines]).order_by("pk"):
        rows[row.line_id][place_of(row)] = row
    return rows


def _take(
    shipment: Shipment, line: PickListLine, own: Sequence[ShipmentLot], rows: Rows, offers: Sequence[LotOffer], total: Decimal,
) -> None:
    """Counts `total` of the lot, at the places where it is proposed or was counted first."""
    asked = {place_of(row): row.proposed + row.picked for row in own}
    parts, lacking = allot(sorted(offers, key=lambda offer: -asked.get(place_of(offer), ZERO)), total, {})
    if lacking:
        raise Refusal(
            _("Of lot %(lot)s only %(free)s are free; nothing was counted.") % {"lot": offers[0].number, "free": plain(total - lacking)},
            field="quantity", code="lot_short", hint=_("Take another lot for the rest, or count the stock."),
        )
    for row in own:
        row.picked = ZERO
    for offer, part in parts:
        rows.setdefault(place_of(offer), lot_row(shipment, line.shipment_line_id, offer)).picked = part


def _propose(
    shipment: Shipment, line: PickListLine, rows: Rows, offers: Sequence[LotOffer], used: dict[Place, Decimal], plan: Plan,
) -> None:
    at = {place_of(offer): offer for offer in offers}
    picked = [row for row in rows.values() if row.picked]
    for row in picked:
        allot([at[place_of(row)]] if place_of(row) in at else [], row.picked, used)
    left = [_without(offer, rows.get(place_of(offer))) for offer in offers]
    parts, _lacking = allot(left, max(line.quantity - sum((row.picked for row in picked), ZERO), ZERO), used)
    proposed = {place_of(offer): part for offer, part in parts}
    for offer, _part in parts:
        rows.setdefault(place_of(offer), lot_row(shipment, line.shipment_line_id, offer))
    for key, row in rows.items():
        row.proposed = proposed.get(key, ZERO)
        if row.proposed or row.picked:
            (plan.kept if row.pk else plan.made).append(row)
        elif row.pk:
            plan.dropped.append(row)
    if parts:
        walk = ", ".join(f"{offer.place} {offer.number}" for offer, _part in parts)
        line.place = walk if len(walk) <= PLACE else f"{walk[:PLACE - 1]}…"


def _without(offer: LotOffer, row: ShipmentLot | None) -> LotOffer:
    """The offer less what is kept for the line and was picked already; what was picked of free units is in `used`."""
    if row is None or not row.picked:
        return offer
    kept = min(offer.kept, row.picked)
    return LotOffer(
        offer.lot_key, offer.number, offer.expires_on, offer.location_key, offer.place, offer.quantity - kept, offer.kept - kept,
    )
