"""Pick lists come into being and follow their shipments."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scm.shipping.models import ReadyGoods, Shipment, ShipmentLine
from scm.warehousing.models import PickList, PickListLine
from scm.warehousing.services.lots import propose_lots, trim_lots
from scm.warehousing.services.picking import cancel_pick_list, close_pick_list, reopen_pick_list
from suite.access.permissions import may
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import in_lock_order, lock_one
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.statements import kept
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO
from suite.kernel.numbering.services import next_number
from suite.kernel.products.models import Product
from suite.kernel.users.service_user import recorded_id

Status = PickList.Status

SET_READY = """
WITH said AS (SELECT * FROM unnest(%(lines)s::text[], %(quantities)s::numeric[]) AS said(line, quantity)),
     silent AS (DELETE FROM scm_readygoods WHERE company_id = %(company)s AND order_key = %(order)s AND order_line_key <> ALL(%(lines)s::text[]))
INSERT INTO scm_readygoods (company_id, order_key, order_line_key, quantity)
SELECT %(company)s, %(order)s, line, quantity FROM said
ON CONFLICT (company_id, order_line_key) DO UPDATE SET quantity = EXCLUDED.quantity"""


def set_pick_readiness(*, order_key: str, ready: Mapping[str, Decimal], actor: Any) -> list[PickList]:
    """The order's pick lists that are not picked yet, after exactly this much of its lines is ready (lines not named: nothing).

    The order's shipment need not exist yet: what is ready is kept and read when its pick list is drawn. Idempotent. The company is the
    actor's.
    """

    def set_ready() -> list[PickList]:
        named = sorted(ready.items())
        with connection.cursor() as cursor:
            cursor.execute(kept(SET_READY), {
                "company": actor.company_id, "order": order_key, "lines": [key for key, _quantity in named],
                "quantities": [quantity for _key, quantity in named],
            })
        waiting = _waiting_held(actor.company_id, order_key)
        return [_follow_lines(pick_list, actor) for pick_list in waiting]

    return in_unit_of_work(set_ready, actor=actor)


@prepared
def _waiting_held(company_id: int, order_key: str) -> QuerySet[PickList]:
    return in_lock_order(PickList.objects.filter(company_id=company_id, shipment__order_key=order_key, status__in=PickList.BEFORE_PICKING))


@prepared
def _held_for(shipment_id: int) -> QuerySet[PickList]:
    return in_lock_order(PickList.objects.filter(shipment_id=shipment_id))


def draw_pick_list(*, shipment_id: int, actor: Any) -> PickList:
    """The shipment's pick list, made if it has none, with what is ready now. Raises PermissionDenied, and Refusal when the shipment left."""

    def draw() -> PickList:
        if not may(actor, PickList, "add"):
            raise PermissionDenied(_("You may not draw pick lists."))
        shipment = Shipment.objects.get(pk=shipment_id)
        if not shipment.is_open:
            raise Refusal(
                _("%(shipment)s is %(status)s: there is nothing to pick.") % {"shipment": shipment, "status": shipment.get_status_display()},
            )
        pick_list = _held_for.first(shipment.pk) or _made(shipment, actor)
        if pick_list.status not in PickList.BEFORE_PICKING:
            return pick_list
        return _follow_lines(pick_list, actor)

    return in_unit_of_work(draw, actor=actor)


def follow_shipment(*, shipment_id: int, actor: Any) -> PickList | None:
    """The shipment's pick list as the shipment now wants it: done after dispatch, cancelled with it, opened again when more is wanted.

    None where no pick list was drawn. Idempotent: a consumer of every event of the shipment may call it.
    """

    def follow() -> PickList | None:
        pick_list = _held_for.first(shipment_id)
        if pick_list is None or pick_list.status not in PickList.ACTIVE:
            return pick_list
        shipment = Shipment.objects.get(pk=shipment_id)
        if shipment.status == Shipment.Status.CANCELLED:
            return cancel_pick_list(pick_list, actor=actor, reason=_("The shipment was cancelled"))
        if not shipment.is_open:
            return close_pick_list(pick_list, actor=actor)
        return _follow_lines(pick_list, actor)

    return in_unit_of_work(follow, actor=actor)


@transition(
    PickList, "ready", source=PickList.BEFORE_PICKING, target=None, label=gettext_lazy("Look again what is ready"), icon="refresh", order=70,
)
def update_readiness(pick_list: PickList, *, actor: Any, act: Act) -> None:
    """The pick list, waiting, partly ready or ready, as its lines say."""
    lines = list(pick_list.lines.all())
    if lines and all(line.ready >= line.quantity for line in lines):
        pick_list.status = Status.READY
    elif any(line.ready > 0 for line in lines):
        pick_list.status = Status.PARTIALLY_READY
    else:
        pick_list.status = Status.WAITING


def _made(shipment: Shipment, actor: Any) -> PickList:
    try:
        with transaction.atomic():
            return PickList.objects.create(
                company_id=shipment.company_id, shipment=shipment, created_by_id=recorded_id(actor),
                number=next_number(company_id=shipment.company_id, series="PL"),
            )
    except IntegrityError as error:
        # A colleague drew it at this moment.
        if "shipment_id" not in str(error):
            raise
        return _held_for(shipment.pk)[0]


def _follow_lines(pick_list: PickList, actor: Any) -> PickList:
    """The locked pick list with one line per shipment line and what of it is ready."""
    wanted = list(ShipmentLine.objects.filter(shipment_id=pick_list.shipment_id).select_related("product").order_by("position"))
    ready = dict(ReadyGoods.objects.filter(
        company_id=pick_list.company_id, order_line_key__in=[line.order_line_key for line in wanted],
    ).values_list("order_line_key", "quantity"))
    have = {line.shipment_line_id: line for line in pick_list.lines.all()}
    new, changed, is_more = [], [], False
    for position, source in enumerate(wanted, 1):
        line = have.pop(source.pk, None)
        facts = {
            "position": position, "quantity": source.quantity, "ready": min(ready.get(source.order_line_key, ZERO), source.quantity),
            "location_key": source.location_key,
        }
        if line is None:
            new.append(PickListLine(
                company_id=pick_list.company_id, pick_list=pick_list, shipment_line=source, product_id=source.product_id, **facts,
            ))
            continue
        is_more |= source.quantity > line.quantity
        if any(getattr(line, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(line, name, value)
            line.picked = min(line.picked, line.quantity)
            changed.append(line)
    if have:
        PickListLine.objects.filter(pk__in=[line.pk for line in have.values()]).delete()
    if new:
        PickListLine.objects.bulk_create(new)
    if changed:
        PickListLine.objects.bulk_update(changed, ("position", "quantity", "ready", "location_key", "picked"))
    _keep_lots(pick_list, wanted)
    if pick_list.status not in PickList.BEFORE_PICKING:
        return reopen_pick_list(pick_list, actor=actor, reason=_("The shipment wants more")) if new or is_more else pick_list
    if new or changed or have or pick_list.status == Status.DRAFT:
        return update_readiness(pick_list, actor=actor)
    return lock_one(PickList, pick_list.pk)


def _keep_lots(pick_list: PickList, wanted: list[ShipmentLine]) -> None:
    """Proposes lots for what is still to be picked of products that are tracked by them; a line that wants less forgets its last lots."""
    keys = {line.pk: line.order_line_key for line in wanted if line.product.tracking == Product.Tracking.LOT}
    if not keys:
        return
    lines = list(pick_list.lines.filter(shipment_line__in=keys).select_related("product").order_by("position"))
    trim_lots(lines)
    propose_lots(Shipment.objects.select_related("site").get(pk=pick_list.shipment_id), lines, keys)
    PickListLine.objects.bulk_update(lines, ("place",))
