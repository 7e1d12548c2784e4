"""Which lots leave with a shipment: what was picked, or what the clerk names; stock must say that they may."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from scm.shipping.models import Shipment, ShipmentLine, ShipmentLot
from scm.shipping.rules import LotQuantity, Place, allot, place_of
from scm.shipping.signals import LotAnswer, LotOffer, LotWish, lots_asked
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.products.models import Product

Named = dict[str, Decimal]


def write_lots(
    shipment: Shipment, lines: Sequence[ShipmentLine], leaving: Mapping[int, Decimal], given: Mapping[int, Sequence[LotQuantity]] | None,
) -> dict[int, list[ShipmentLot]]:
    """Per line of a product tracked by lots what leaves of each lot, written down; one statement where no product is.

    `given` by line id stands before what was picked. Raises Refusal, naming the line: lots that do not make up what leaves, or a lot that
    is unknown, of another product, expired or not free.
    """
    tracked = set(ShipmentLine.objects.filter(shipment=shipment, product__tracking=Product.Tracking.LOT).values_list("pk", flat=True))
    _refuse_untracked(shipment, tracked, given or {})
    if not tracked:
        return {}
    rows: dict[int, dict[Place, ShipmentLot]] = defaultdict(dict)
    for row in ShipmentLot.objects.filter(shipment=shipment).order_by("pk"):
        rows[row.line_id][place_of(row)] = row
    named = {
        line.pk: _named(line, leaving[line.pk], given, rows[line.pk].values()) for line in lines if line.pk in tracked and leaving[line.pk]
    }
    by_line = {line.pk: line for line in lines}
    wishes = [LotWish(by_line[pk].order_line_key, by_line[pk].product_id, number) for pk, lots in named.items() for number in lots]
    answers = iter(lots_asked.ask(company_id=shipment.company_id, site_id=shipment.site_id, on=shipment.dispatched_on, wishes=wishes))
    used: dict[Place, Decimal] = {}
    for pk, lots in named.items():
        for number, quantity in lots.items():
            _take(shipment, by_line[pk], number, quantity, next(answers), rows[pk], used)
    every = [row for of_line in rows.values() for row in of_line.values()]
    ShipmentLot.objects.filter(pk__in=[row.pk for row in every if row.pk and not row.shipped]).delete()
    ShipmentLot.objects.bulk_update([row for row in every if row.pk and row.shipped], ("shipped",))
    ShipmentLot.objects.bulk_create([row for row in every if not row.pk])
    return {pk: [row for row in rows[pk].values() if row.shipped] for pk in named}


def _refuse_untracked(shipment: Shipment, tracked: set[int], given: Mapping[int, Sequence[LotQuantity]]) -> None:
    other = [pk for pk, lots in given.items() if lots and pk not in tracked]
    if other:
        raise Refusal(
            _("Line %(line)s of %(shipment)s has no product that is tracked by lots; nothing was dispatched.")
            % {"line": min(other), "shipment": shipment}, field=f"lots/{min(other)}", hint=_("Leave its lots empty."),
        )


def _named(line: ShipmentLine, quantity: Decimal, given: Mapping[int, Sequence[LotQuantity]] | None, rows: Sequence[ShipmentLot]) -> Named:
    """Lot number and quantity, as given or as picked."""
    lots: Named = {}
    typed = (given or {}).get(line.pk)
    for number, part in [(one.lot.strip(), one.quantity) for one in typed] if typed is not None else [(row.number, row.picked) for row in rows]:
        if not part.is_finite() or part < 0:
            raise Refusal(_("%(line)s: a lot's quantity is below zero; nothing was dispatched.") % {"line": line}, field=f"lots/{line.pk}")
        if part:
            lots[number] = lots.get(number, ZERO) + part
    total = sum(lots.values(), ZERO)
    words = {"position": line.position, "line": line, "leaving": _plain(quantity), "named": _plain(total)}
    if not lots:
        raise Refusal(
            _("Line %(position)s, %(line)s: its lots are missing; nothing was dispatched.") % words, field=f"lots/{line.pk}", code="lot_missing",
            hint=_("Name the lots that leave, or pick them first."),
        )
    if total != quantity:
        raise Refusal(
            _("Line %(position)s, %(line)s: %(leaving)s leave, but its lots make up %(named)s; nothing was dispatched.") % words,
            field=f"lots/{line.pk}", code="lots_differ", hint=_("Correct the quantity or the lots."),
        )
    return lots


def _take(
    shipment: Shipment, line: ShipmentLine, number: str, quantity: Decimal, answer: LotAnswer, rows: dict[Place, ShipmentLot],
    used: dict[Place, Decimal],
) -> None:
    words = {"position": line.position, "line": line, "lot": number, "quantity": _plain(quantity)}
    if answer.problem:
        words["problem"] = answer.problem
        raise Refusal(
            _("Line %(position)s: %(problem)s Nothing was dispatched.") % words, field=f"lots/{line.pk}", code="lot_refused", hint=answer.hint,
        )
    # Where it was picked it is taken; a lot may lie at several places.
    offers = sorted(answer.offers, key=lambda offer: -rows[place_of(offer)].picked if place_of(offer) in rows else ZERO)
    parts, lacking = allot(offers, quantity, used)
    if lacking:
        words["free"] = _plain(quantity - lacking)
        raise Refusal(
            _("Line %(position)s, %(line)s: of lot %(lot)s only %(free)s of %(quantity)s are free; nothing was dispatched.") % words,
            field=f"lots/{line.pk}", code="lot_short", hint=_("Take another lot for the rest, or ship less."),
        )
    for offer, part in parts:
        row = rows.get(place_of(offer))
        if row is None:
            row = rows[place_of(offer)] = lot_row(shipment, line.pk, offer)
        row.shipped += part


def lot_row(shipment: Shipment, line_id: int, offer: LotOffer) -> ShipmentLot:
    """A lot of the line at the place of the offer, not saved."""
    return ShipmentLot(
        company_id=shipment.company_id, shipment_id=shipment.pk, line_id=line_id, lot_key=offer.lot_key, number=offer.number,
        expires_on=offer.expires_on, location_key=offer.location_key, place=offer.place, proposed=ZERO, picked=ZERO, shipped=ZERO,
    )


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
