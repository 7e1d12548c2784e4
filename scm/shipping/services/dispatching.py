"""Goods leave, in whole or in part; or never do; or come back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.rules import LotQuantity
from scm.shipping.selectors import line_facts, today_at_site
from scm.shipping.services.lots import write_lots
from scm.shipping.signals import (
    shipment_cancelled,
    shipment_dispatched,
    shipment_dispatching,
    shipment_losing,
    shipment_lost,
    shipment_returned,
    shipment_returning,
)
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.reading import read_lines
from suite.kernel.documents.statements import kept
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Status = Shipment.Status


@transition(
    Shipment, "dispatch", source=Shipment.OPEN, target=Status.DISPATCHED, after=shipment_dispatched,
    label=gettext_lazy("Dispatch"), icon="truck-delivery", order=20,
)
def dispatch_shipment(
    shipment: Shipment, *, actor: Any, act: Act, quantities: Mapping[int, Decimal] | None = None,
    lots: Mapping[int, Sequence[LotQuantity]] | None = None, dispatched_on: date | None = None,
) -> None:
    """The shipment, gone. `quantities` by line id say what leaves of each line (unnamed lines stay).

    None: what was picked, or all that was planned where nobody picked. `lots` by line id say of which lots, for products that are tracked
    by them; unnamed lines: the lots that were picked. What stays moves to a new planned shipment, the order's next
    wave, in the same transaction. `dispatched_on` is today at the site unless given. Raises Refusal for nothing at all, unknown lines,
    a future date, more than the plan and the company's tolerance allow, lots that are missing
    or may not leave, and whatever a receiver of `shipment_dispatching` refuses (no stock, closed period).
    """
    _set_dates(shipment, dispatched_on)
    lines = read_lines(ShipmentLine, shipment=shipment.pk)
    leaving = _leaving(shipment, lines, quantities)
    moved = [line for line in lines if not leaving[line.pk]]
    sent = [line for line in lines if leaving[line.pk]]
    rest = [(line, line.quantity - leaving[line.pk]) for line in sent if leaving[line.pk] < line.quantity]
    of_lots = write_lots(shipment, sent, leaving, lots)
    backorder = _move_rest(shipment, moved, rest, actor) if moved or rest else None
    _write_shipped(shipment, sent, leaving, is_exact=not (moved or rest))
    _take_from_ready(shipment)
    act.payload = {"lines": line_facts(sent, shipped=True), "backorder": backorder.key if backorder else None}
    shipment_dispatching.send(sender=Shipment, document=shipment, act=act, lines=sent, lots=of_lots)


@transition(
    Shipment, "cancel", source=Shipment.OPEN, target=Status.CANCELLED, after=shipment_cancelled,
    label=gettext_lazy("Cancel"), icon="x", is_dangerous=True, order=90,
)
def cancel_shipment(shipment: Shipment, *, actor: Any, act: Act, reason: str = "") -> None:
    """The shipment, cancelled; its lines stay as they were planned."""
    act.payload = {"lines": line_facts(list(shipment.lines.all()), shipped=False)}


@transition(
    Shipment, "return_to_sender", source=Shipment.UNDER_WAY, target=Status.RETURNED, after=shipment_returned,
    label=gettext_lazy("Back at our door"), icon="arrow-back-up", is_dangerous=True, order=80,
)
def return_shipment_to_sender(
    shipment: Shipment, *, actor: Any, act: Act, returned_on: date | None = None, reason: str = "",
) -> None:
    """The shipment, all of it back in the warehouse. Raises Refusal for a date before dispatch or in the future, and what receivers
    of `shipment_returning` refuse.
    """
    today = today_at_site(shipment)
    shipment.returned_on = returned_on or today
    if not shipment.dispatched_on <= shipment.returned_on <= today:
        raise Refusal(_("The goods come back between the day of dispatch and today; nothing was done."), field="returned_on")
    lines = list(shipment.lines.order_by("position"))
    act.payload = {"lines": line_facts(lines, shipped=True)}
    shipment_returning.send(sender=Shipment, document=shipment, act=act, lines=lines)


@transition(
    Shipment, "lose", source=Shipment.UNDER_WAY, target=Status.LOST, after=shipment_lost, label=gettext_lazy("Report lost"), icon="package-off",
    is_dangerous=True, order=85,
)
def lose_shipment(
    shipment: Shipment, *, actor: Any, act: Act, reason: str = "", lost_on: date | None = None, is_sent_again: bool = True,
) -> None:
    """The shipment, lost by the carrier: it never arrives. What the order still wants is planned anew, or (`is_sent_again` False) given up.

    Raises Refusal for a date before dispatch or in the future, and what receivers of `shipment_losing` refuse.
    """
    today = today_at_site(shipment)
    shipment.lost_on = lost_on or today
    if not shipment.dispatched_on <= shipment.lost_on <= today:
        raise Refusal(_("Goods are lost between the day of dispatch and today; nothing was done."), field="lost_on")
    lines = read_lines(ShipmentLine, shipment=shipment.pk)
    act.payload = {"lines": line_facts(lines, shipped=True), "is_sent_again": is_sent_again, "on": shipment.lost_on.isoformat()}
    shipment_losing.send(sender=Shipment, document=shipment, act=act, lines=lines)


def _set_dates(shipment: Shipment, dispatched_on: date | None) -> None:
    zone, now = ZoneInfo(shipment.site.timezone), timezone.now()
    today = now.astimezone(zone).date()
    on = dispatched_on or today
    if on > today:
        raise Refusal(
            _("%(date)s is in the future; nothing was dispatched.") % {"date": on}, field="dispatched_on",
            hint=_("Dispatch on the day the goods leave."),
        )
    shipment.dispatched_on = on
    shipment.dispatched_at = now if on == today else datetime.combine(on, time(12), tzinfo=zone)


def _leaving(shipment: Shipment, lines: list[ShipmentLine], quantities: Mapping[int, Decimal] | None) -> dict[int, Decimal]:
    if quantities is None:
        is_picked = any(line.picked for line in lines)
        leaving = {line.pk: line.picked if is_picked else line.quantity for line in lines}
    else:
        try:
            given = {int(pk): Decimal(str(quantity)) for pk, quantity in quantities.items()}
        except (InvalidOperation, ValueError):
            raise Refusal(_("A quantity is not a number; nothing was dispatched."), field="quantities") from None
        unknown = given.keys() - {line.pk for line in lines}
        if unknown:
            raise Refusal(_("Line %(line)s is not on %(shipment)s; nothing was dispatched.") % {"line": min(unknown), "shipment": shipment})
        if not all(quantity.is_finite() and quantity >= 0 for quantity in given.values()):
            raise Refusal(_("A quantity is below zero; nothing was dispatched."), field="quantities")
        leaving = {line.pk: given.get(line.pk, ZERO) for line in lines}
    if not any(leaving.values()):
        raise Refusal(
            _("Nothing of %(shipment)s would leave; it was not dispatched.") % {"shipment": shipment}, field="quantities",
            hint=_("Enter what leaves, or cancel the shipment."),
        )
    _allow_over_delivery(shipment, [line for line in lines if leaving[line.pk] > line.quantity], leaving)
    return leaving


def _allow_over_delivery(shipment: Shipment, over: list[ShipmentLine], leaving: dict[int, Decimal]) -> None:
    if not over:
        return
    percent = Company.objects.values_list("over_delivery_percent", flat=True).get(pk=shipment.company_id)
    for line in over:
        line.over_allowed = line.quantity * percent / 100
        if leaving[line.pk] > line.quantity + line.over_allowed:
            raise Refusal(
                _("%(line)s: %(shipped)s is more than the %(planned)s planned (tolerance %(percent)s %%); nothing was dispatched.")
                % {"line": line, "shipped": f"{leaving[line.pk]:f}", "planned": f"{line.quantity:f}", "percent": f"{percent:f}"},
                field="quantities", hint=_("Change the order first, or ship what was planned."),
            )


def _write_shipped(shipment: Shipment, sent: list[ShipmentLine], leaving: dict[int, Decimal], *, is_exact: bool) -> None:
    """What left stands on the lines; `quantity` keeps what was planned for this wave, so that the waves sum to the order."""
    is_over = any(line.over_allowed for line in sent)
    for line in sent:
        line.shipped = leaving[line.pk]
        line.quantity = min(line.quantity, line.shipped)
    if is_exact and not is_over:
        shipment.lines.update(shipped=F("quantity"))
    else:
        for line in sent:
            line.picked = min(line.picked, line.shipped)
        ShipmentLine.objects.bulk_update(sent, ("quantity", "shipped", "picked", "over_allowed"))


def _take_from_ready(shipment: Shipment) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            kept("UPDATE scm_readygoods ready SET quantity = greatest(ready.quantity - line.shipped, 0) FROM scm_shipmentline line"
                 " WHERE line.shipment_id = %s AND ready.company_id = line.company_id AND ready.order_line_key = line.order_line_key"),
            [shipment.pk],
        )


def _move_rest(shipment: Shipment, moved: list[ShipmentLine], rest: list[tuple[ShipmentLine, Decimal]], actor: Any) -> Shipment:
    """The order's next wave with what stays behind: whole lines move as they are, split ones are written anew."""
    backorder = _next_wave(shipment, actor)
    if moved:
        ShipmentLine.objects.filter(pk__in=[line.pk for line in moved]).update(shipment=backorder, picked=0)
    if rest:
        insert_rows([
            ShipmentLine(
                company_id=line.company_id, shipment=backorder, position=line.position, order_line_key=line.order_line_key,
                product_id=line.product_id, description=line.description, quantity=quantity,
                location_key=line.location_key,
            )
            for line, quantity in rest
        ])
    return backorder


def _next_wave(shipment: Shipment, actor: Any) -> Shipment:
    backorder = Shipment(
        company_id=shipment.company_id, number=next_number(company_id=shipment.company_id, series="SH"), order_key=shipment.order_key,
        order_number=shipment.order_number, customer_id=shipment.customer_id, site_id=shipment.site_id, carrier_id=shipment.carrier_id,
        service=shipment.service, ship_to=shipment.ship_to, reason_key=shipment.reason_key,
        reason=shipment.reason, requested_on=shipment.requested_on, promised_on=shipment.promised_on,
        planned_on=shipment.planned_on, backorder_of_id=shipment.pk, created_by_id=recorded_id(actor),
    )
    while True:
        waves = Shipment.objects.filter(company_id=shipment.company_id, order_key=shipment.order_key).exclude(order_key="")
        backorder.wave = (waves.aggregate(last=Max("wave"))["last"] or shipment.wave) + 1
        backorder.source_key = f"{shipment.order_key}/{backorder.wave}" if shipment.order_key else None
        try:
            with transaction.atomic():
                insert_row(backorder)
        except IntegrityError as error:
            # Another shipment of the order was split at this moment and took the wave.
            if "shipment_source_once" not in str(error):
                raise
            backorder.pk = None
        else:
            return backorder
