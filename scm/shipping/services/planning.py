"""The order's open quantities become planned shipments; saying it twice changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.selectors import line_facts, lock_shipments_of
from scm.shipping.services.dispatching import cancel_shipment
from scm.shipping.signals import shipment_planned
from suite.access.permissions import may
from suite.kernel.companies.cause import caused_by, has_cause
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.signals import act_done
from suite.kernel.documents.transitions import Act
from suite.kernel.documents.work import current_work, in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id


@dataclass(frozen=True)
class PlannedLine:
    """What an order line still wants shipped."""

    order_line_key: str
    product_id: int
    description: str
    quantity: Decimal


@dataclass
class Changes:
    """What must be written so that the open shipments carry exactly what is wanted."""

    kept: list[Shipment] = field(default_factory=list)
    emptied: list[Shipment] = field(default_factory=list)
    changed: list[ShipmentLine] = field(default_factory=list)
    dropped: list[ShipmentLine] = field(default_factory=list)
    missing: dict[str, Decimal] = field(default_factory=dict)


def plan_shipment(
    *, company_id: int, order_key: str, order_number: str, customer_id: int, site_id: int, ship_to: str, lines: Sequence[PlannedLine],
    actor: Any, carrier_id: int | None = None, requested_on: date | None = None, promised_on: date | None = None, are_totals: bool = False,
) -> Shipment | None:
    """The order's newest open shipment after its planned and booked shipments carry exactly these quantities; None where nothing is open.

    `lines` are open quantities, or with `are_totals` all that the order wants: then what has already left is subtracted here, under
    the same lock. Less is taken from the latest wave last planned; more goes to the latest wave; nothing left cancels it. Idempotent.
    Raises PermissionDenied, and Refusal for a quantity below zero or the same order line twice.
    """
    wanted = _checked(lines)
    header = {
        "order_number": order_number, "customer_id": customer_id, "site_id": site_id, "ship_to": ship_to,
        "requested_on": requested_on, "promised_on": promised_on,
    }
    if carrier_id is not None:
        header["carrier_id"] = carrier_id

    def plan() -> Shipment | None:
        if not may(actor, Shipment, "add"):
            raise PermissionDenied(_("You may not plan shipments."))
        try:
            with transaction.atomic():
                return _set_open_quantities(company_id, order_key, wanted, header, are_totals, actor)
        except IntegrityError as error:
            if "shipment_source_once" not in str(error):
                raise
            # Somebody planned the same order at this moment: now its shipment is there to be compared.
            return _set_open_quantities(company_id, order_key, wanted, header, are_totals, actor)

    return in_unit_of_work(plan, actor=actor)


def cancel_open_shipments(*, company_id: int, order_key: str, actor: Any) -> list[Shipment]:
    """The order's planned and booked shipments, cancelled. Raises Refusal, and cancels none, when goods have left."""

    def cancel() -> list[Shipment]:
        shipments, _lines = lock_shipments_of(company_id, order_key)
        left = [shipment for shipment in shipments if not shipment.is_open and shipment.status != Shipment.Status.CANCELLED]
        if left:
            raise Refusal(
                _("%(shipment)s has left (%(status)s); the shipments of the order were not cancelled.")
                % {"shipment": left[0], "status": left[0].get_status_display()},
                hint=_("Close the order short, or take the goods back as a return."),
            )
        reason = _("The order was cancelled")
        return [cancel_shipment(shipment, actor=actor, reason=reason) for shipment in shipments if shipment.is_open]

    return in_unit_of_work(cancel, actor=actor)


def _checked(lines: Sequence[PlannedLine]) -> dict[str, PlannedLine]:
    wanted: dict[str, PlannedLine] = {}
    for line in lines:
        if line.quantity < 0:
            raise Refusal(_("A quantity is below zero; nothing was planned."), field="quantity")
        if line.order_line_key in wanted:
            raise Refusal(_("%(key)s is named twice; nothing was planned.") % {"key": line.order_line_key})
        wanted[line.order_line_key] = line
    return wanted


def _set_open_quantities(
    company_id: int, order_key: str, wanted: dict[str, PlannedLine], header: dict[str, Any], are_totals: bool, actor: Any,
) -> Shipment | None:
    shipments, lines = lock_shipments_of(company_id, order_key)
    open_shipments = [shipment for shipment in shipments if shipment.is_open]
    left = {key: line.quantity for key, line in wanted.items()}
    if are_totals:
        for line in lines:
            if line.shipped and line.order_line_key in left:
                left[line.order_line_key] = max(left[line.order_line_key] - line.shipped, ZERO)
    changes = _compare(open_shipments, lines, left)
    for shipment in changes.emptied:
        cancel_shipment(shipment, actor=actor, reason=_("Nothing of the order is left to ship"))
    if not changes.kept:
        if not changes.missing:
            return None
        wave = max((shipment.wave for shipment in shipments), default=0) + 1
        missing = [(wanted[key], quantity) for key, quantity in changes.missing.items()]
        return _first_plan(company_id, order_key, wave, missing, header, actor)
    target = changes.kept[-1]
    by_key = {line.order_line_key: line for line in lines if line.shipment_id == target.pk}
    added = []
    for key, quantity in changes.missing.items():
        if key in by_key and by_key[key] not in changes.dropped:
            by_key[key].quantity += quantity
            changes.changed.append(by_key[key])
        else:
            position = max((line.position for line in by_key.values()), default=0) + len(added) + 1
            added.append(_line(target, position, wanted[key], quantity))
    _write(changes, added, header, actor)
    return target


def _compare(open_shipments: list[Shipment], lines: list[ShipmentLine], wanted: dict[str, Decimal]) -> Changes:
    changes, left = Changes(), dict(wanted)
    of = defaultdict(list)
    for line in lines:
        of[line.shipment_id].append(line)
    for shipment in open_shipments:
        takes = []
        for line in of[shipment.pk]:
            take = min(line.quantity, left.get(line.order_line_key, ZERO))
            left[line.order_line_key] = left.get(line.order_line_key, ZERO) - take
            takes.append((line, take))
        if not any(take for _line, take in takes):
            changes.emptied.append(shipment)
            continue
        changes.kept.append(shipment)
        for line, take in takes:
            if not take:
                changes.dropped.append(line)
            elif take != line.quantity:
                line.quantity, line.picked = take, min(line.picked, take)
                changes.changed.append(line)
    changes.missing = {key: quantity for key, quantity in left.items() if quantity > 0}
    return changes


def _write(changes: Changes, added: list[ShipmentLine], header: dict[str, Any], actor: Any) -> None:
    touched = {line.shipment_id for line in (*changes.changed, *changes.dropped, *added)}
    if changes.dropped:
        ShipmentLine.objects.filter(pk__in=[line.pk for line in changes.dropped]).delete()
    if changes.changed:
        ShipmentLine.objects.bulk_update(changes.changed, ("quantity", "picked"))
    if added:
        insert_rows(added)
    for shipment in changes.kept:
        if shipment.pk not in touched and all(getattr(shipment, name) == value for name, value in header.items()):
            continue
        for name, value in header.items():
            setattr(shipment, name, value)
        shipment.planned_on = shipment.promised_on or shipment.requested_on or shipment.planned_on
        shipment.version += 1
        shipment.save()
        _announce(Act("plan", shipment, actor, shipment.status, shipment_planned), changes.changed + added)


def _first_plan(
    company_id: int, order_key: str, wave: int, lines: Sequence[tuple[PlannedLine, Decimal]], header: dict[str, Any], actor: Any,
) -> Shipment:
    act = Act("plan", None, actor, "", shipment_planned)
    with nullcontext() if has_cause() else caused_by(act.event_id):
        shipment = Shipment(
            company_id=company_id, number=next_number(company_id=company_id, series="SH"), order_key=order_key, wave=wave,
            source_key=f"{order_key}/{wave}", created_by_id=recorded_id(actor), **header,
        )
        shipment.planned_on = shipment.promised_on or shipment.requested_on
        insert_row(shipment)
        rows = [_line(shipment, position, line, quantity) for position, (line, quantity) in enumerate(lines, 1)]
        insert_rows(rows)
        act.document = shipment
        _announce(act, rows)
    return shipment


def _line(shipment: Shipment, position: int, line: PlannedLine, quantity: Decimal) -> ShipmentLine:
    return ShipmentLine(
        company_id=shipment.company_id, shipment=shipment, position=position, order_line_key=line.order_line_key,
        product_id=line.product_id, description=line.description[:200], quantity=quantity,
    )


def _announce(act: Act, lines: Sequence[ShipmentLine]) -> None:
    act.payload["lines"] = line_facts(lines, shipped=False)
    current_work().effects.append(act)
    shipment_planned.send(sender=Shipment, document=act.document, act=act)
    act_done.send(sender=Shipment, document=act.document, act=act)
