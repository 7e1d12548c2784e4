"""Which lots may leave, first expiry first; and why a lot that somebody names may not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.inventory.models import Lot
from erp.inventory.selectors.names import product_names

FREE = """
SELECT s.product_id, s.id, s.lot_id, t.number, t.expires_on, s.location_id, l.code, s.on_hand - s.reserved
  FROM (SELECT * FROM erp_stocklevel WHERE company_id = %(company)s AND product_id = ANY (%(products)s) AND on_hand > 0 OFFSET 0) s
  JOIN erp_location l ON l.id = s.location_id AND l.kind = 'stock' AND l.warehouse_id = %(warehouse)s
  JOIN erp_lot t ON t.id = s.lot_id AND (t.expires_on IS NULL OR t.expires_on >= %(on)s)
 ORDER BY t.expires_on NULLS LAST, s.location_id, s.id"""
KEPT = """
SELECT line_key, level_id, sum(quantity) FROM erp_reservation
 WHERE company_id = %(company)s AND line_key = ANY (%(lines)s) AND status = 'firm' GROUP BY 1, 2"""


@dataclass(frozen=True)
class LotAsked:
    """Goods of a product for a document line; with a number: of this lot."""

    line_key: str
    product_id: int
    number: str = ""


@dataclass(frozen=True)
class LotInPlace:
    """Units of a lot at a location: those reserved for the line that asks (`kept`), and free ones."""

    lot_id: int
    number: str
    expires_on: date | None
    location_id: int
    place: str
    quantity: Decimal
    kept: Decimal


@dataclass(frozen=True)
class LotFound:
    """What may leave, first expiry first; where a lot was named and nothing of it may, why, and what to do."""

    places: tuple[LotInPlace, ...] = ()
    problem: str = ""
    hint: str = ""


def lots_to_issue(*, company_id: int, warehouse_id: int, asked: Sequence[LotAsked], on: date) -> list[LotFound]:
    """Per question what of its product's lots may leave the warehouse on that day; two statements, a third where a lot is refused.

    Lots that expired before that day never may. Each answer stands alone: what two lines share is not divided.
    """
    products = sorted({one.product_id for one in asked})
    facts = {"company": company_id, "products": products, "warehouse": warehouse_id, "on": on, "lines": sorted({one.line_key for one in asked})}
    with connection.cursor() as cursor:
        cursor.execute(FREE, facts)
        levels = cursor.fetchall()
        cursor.execute(KEPT, facts)
        kept = {(line, level): quantity for line, level, quantity in cursor.fetchall()}
    found = [LotFound(tuple(_places(one, levels, kept))) for one in asked]
    if any(one.number and not answer.places for one, answer in zip(asked, found, strict=True)):
        return _explained(company_id, asked, found, on)
    return found


def _places(one: LotAsked, levels: Iterable[tuple], kept: dict[tuple[str, int], Decimal]) -> list[LotInPlace]:
    found = []
    for product_id, level_id, lot_id, number, expires_on, location_id, place, free in levels:
        own = kept.get((one.line_key, level_id), Decimal(0))
        quantity = free + own
        if product_id == one.product_id and quantity > 0 and (not one.number or number.lower() == one.number.lower()):
            found.append(LotInPlace(lot_id, number, expires_on, location_id, place, quantity, own))
    return [place for place in found if place.number == one.number] or found


def _explained(company_id: int, asked: Sequence[LotAsked], found: Sequence[LotFound], on: date) -> list[LotFound]:
    numbers = {one.number.lower() for one in asked if one.number}
    lots = list(Lot.objects.filter(company_id=company_id).annotate(low=Lower("number")).filter(low__in=numbers).order_by("pk"))
    names = product_names(company_id, {one.product_id for one in asked} | {lot.product_id for lot in lots})
    return [
        answer if answer.places or not one.number else _why(one, [lot for lot in lots if lot.low == one.number.lower()], names, on)
        for one, answer in zip(asked, found, strict=True)
    ]


def _why(one: LotAsked, lots: Sequence[Lot], names: dict[int, str], on: date) -> LotFound:
    words = {"lot": one.number, "product": names.get(one.product_id, "")}
    own = next((lot for lot in lots if lot.product_id == one.product_id), None)
    if own is not None and own.expires_on is not None and own.expires_on < on:
        words["date"] = date_format(own.expires_on, "SHORT_DATE_FORMAT")
        return LotFound((), _("Lot %(lot)s of %(product)s expired on %(date)s.") % words, _("Put it aside, and take a lot that is still good."))
    if own is not None:
        return LotFound(
            (), _("Nothing of lot %(lot)s of %(product)s is free here.") % words,
            _("It is reserved for others or lies elsewhere; take another lot, or count the stock."),
        )
    if lots:
        words["other"] = names.get(lots[0].product_id, "")
        return LotFound((), _("Lot %(lot)s is of %(other)s, not of %(product)s.") % words, _("Put it back and take a lot of the article that is asked for."))
    return LotFound((), _("“%(lot)s” is no lot of %(product)s that we know.") % words, _("Scan again, or type the number as it is printed on the goods."))
