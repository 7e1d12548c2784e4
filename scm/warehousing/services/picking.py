"""Taking goods from their places, counted by scanning, and packing them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.services.booking import number_parcels
from scm.warehousing.models import PickList, PickListLine
from scm.warehousing.services.lots import count_lot, is_tracked, line_of_lot
from suite.access.permissions import may
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.products.models import Barcode, Product
from suite.kernel.users.service_user import recorded_id

Status = PickList.Status
OWN_PREFIX = "2000000"  # GS1's range for use inside one company; a carrier's own prefix replaces it


def scan(*, pick_list_id: int, code: str, actor: Any, quantity: Decimal | None = None, lot: str = "") -> PickListLine:
    """The line that the scanned barcode, article number or lot belongs to, with one package (or `quantity` pieces) more picked.

    Of a product tracked by lots each piece is counted with its `lot`. Raises PermissionDenied, TransitionNotAllowed when the list is no
    longer open, and Refusal for an unknown code, an article that is not on the list, a lot that is missing or may not leave, or more than
    is wanted.
    """

    def count() -> PickListLine:
        pick_list = _open(pick_list_id, actor)
        every = list(pick_list.lines.select_related("product", "shipment_line").order_by("position"))
        by_lot = line_of_lot(every, code.strip()) if code.strip() and not lot else None
        if by_lot is not None and not _is_article(pick_list.company_id, code.strip()):
            return _count_lot(pick_list, by_lot, code, Decimal(1) if quantity is None else quantity, is_added=True)
        product_id, pieces = _product(pick_list.company_id, code.strip())
        lines = [line for line in every if line.product_id == product_id]
        if not lines:
            raise Refusal(
                _("%(code)s is not on %(list)s; nothing was counted.") % {"code": code, "list": pick_list}, field="code",
                hint=_("Put it back and scan the article that is asked for."),
            )
        line = next((line for line in lines if line.picked < line.quantity), lines[-1])
        more = pieces if quantity is None else quantity
        if is_tracked(line):
            return _count_lot(pick_list, line, lot, more, is_added=True)
        _refuse_lot(line, lot)
        return _count(line, line.picked + more)

    return in_unit_of_work(count, actor=actor)


def set_picked(*, line_id: int, quantity: Decimal, actor: Any, reason: str = "", lot: str = "") -> PickListLine:
    """The line with exactly `quantity` picked, or with exactly this much of a lot; `reason` says why it is less than wanted.

    Raises as `scan` does.
    """

    def count() -> PickListLine:
        line = PickListLine.objects.select_related("product", "shipment_line").get(pk=line_id)
        pick_list = _open(line.pick_list_id, actor)
        line.short_reason = reason[:120]
        if is_tracked(line) and not (quantity == line.picked and not lot):
            _check(line, quantity)
            return _count_lot(pick_list, line, lot, quantity, is_added=False)
        _refuse_lot(line, lot)
        return _count(line, quantity)

    return in_unit_of_work(count, actor=actor)


@transition(
    PickList, "pick", source=PickList.BEFORE_PICKING, target=Status.PICKED, label=gettext_lazy("Finish picking"), icon="checks", order=10,
)
def finish_picking(
    pick_list: PickList, *, actor: Any, act: Act, quantities: Mapping[int, Decimal] | None = None, reason: str = "",
) -> None:
    """The pick list, counted. `quantities` by line id replace what was scanned; None keeps it, or takes all when nothing was scanned.

    Less than wanted is a short pick: the rest becomes a new shipment when this one is dispatched. Raises Refusal when nothing was
    picked or more than wanted, and for products tracked by lots that were not counted lot by lot.
    """
    lines = list(pick_list.lines.select_related("product"))
    if quantities is not None:
        try:
            given = {int(pk): Decimal(str(quantity)) for pk, quantity in quantities.items()}
        except (InvalidOperation, ValueError):
            raise Refusal(_("A quantity is not a number; nothing was counted."), field="quantities") from None
        counted = {line.pk: line.picked for line in lines}
        for line in lines:
            line.picked = given.get(line.pk, line.picked)
        _refuse_uncounted([line for line in lines if line.picked != counted[line.pk]])
    elif not any(line.picked for line in lines):
        _refuse_uncounted(lines)
        for line in lines:
            line.picked = line.quantity
    for line in lines:
        _check(line, line.picked)
        if line.picked < line.quantity and not line.short_reason:
            line.short_reason = reason[:120]
    if not any(line.picked for line in lines):
        raise Refusal(_("Nothing was picked."), field="quantities", hint=_("Scan what you took, or leave the list for later."))
    _refuse_unless_open(lock_one(Shipment, pick_list.shipment_id))
    PickListLine.objects.bulk_update(lines, ("picked", "short_reason"))
    ShipmentLine.objects.bulk_update([ShipmentLine(pk=line.shipment_line_id, picked=line.picked) for line in lines], ("picked",))
    pick_list.picked_by_id, pick_list.picked_at = recorded_id(actor), timezone.now()


@transition(PickList, "pack", source={Status.PICKED}, target=Status.PACKED, label=gettext_lazy("Pack"), icon="package", order=20)
def pack_pick_list(pick_list: PickList, *, actor: Any, act: Act, weight_kg: Decimal | None = None, parcels: int = 1) -> None:
    """The pick list, packed: its shipment knows weight and numbered parcels. Raises Refusal for a weight below zero or no parcel."""
    if not 1 <= parcels <= 99:
        raise Refusal(_("A shipment has 1 to 99 parcels; it was not packed."), field="parcels")
    if weight_kg is not None and weight_kg < 0:
        raise Refusal(_("The weight is below zero; nothing was packed."), field="weight_kg")
    shipment = lock_one(Shipment, pick_list.shipment_id)
    _refuse_unless_open(shipment)
    lines = pick_list.lines.select_related("product")
    shipment.weight_kg = weight_kg or sum((line.picked * line.product.weight_kg for line in lines), Decimal(0)).quantize(Decimal("0.001"))
    shipment.version += 1
    shipment.save(update_fields=("weight_kg", "version"))
    number_parcels(shipment, shipment.carrier.gs1_prefix if shipment.carrier else OWN_PREFIX, parcels)
    pick_list.packed_at = timezone.now()


@transition(
    PickList, "repick", source={Status.PICKED, Status.PACKED}, target=Status.PARTIALLY_READY, label=gettext_lazy("Open again"),
    icon="arrow-back", order=60,
)
def reopen_pick_list(pick_list: PickList, *, actor: Any, act: Act, reason: str = "") -> None:
    """The pick list, open again; what was counted stays counted."""
    pick_list.picked_at = pick_list.packed_at = None
    if all(line.ready >= line.quantity for line in pick_list.lines.all()):
        pick_list.status = Status.READY


@transition(PickList, "done", source=PickList.ACTIVE, target=Status.DONE, label=gettext_lazy("Close"), icon="circle-check", order=80)
def close_pick_list(pick_list: PickList, *, actor: Any, act: Act) -> None:
    """The pick list, closed: its goods have left. Raises Refusal while they have not."""
    if Shipment.objects.get(pk=pick_list.shipment_id).is_open:
        raise Refusal(
            _("The shipment has not left; %(list)s stays open.") % {"list": pick_list}, hint=_("Dispatch the shipment."),
        )


@transition(
    PickList, "cancel", source=PickList.ACTIVE, target=Status.CANCELLED, label=gettext_lazy("Cancel"), icon="x", is_dangerous=True, order=90,
)
def cancel_pick_list(pick_list: PickList, *, actor: Any, act: Act, reason: str = "") -> None:
    """The pick list, given up; what was taken goes back to its place."""


def _open(pick_list_id: int, actor: Any) -> PickList:
    if not may(actor, PickList, "pick"):
        raise PermissionDenied(_("You may not pick."))
    pick_list = lock_one(PickList, pick_list_id)
    if pick_list.status not in PickList.BEFORE_PICKING:
        raise TransitionNotAllowed(
            _("%(list)s is %(status)s; nothing was counted.") % {"list": pick_list, "status": pick_list.get_status_display()},
        )
    return pick_list


def _refuse_unless_open(shipment: Shipment) -> None:
    if not shipment.is_open:
        raise Refusal(
            _("%(shipment)s is %(status)s; nothing was changed.") % {"shipment": shipment, "status": shipment.get_status_display()},
        )


def _product(company_id: int, code: str) -> tuple[int, Decimal]:
    """(product, pieces) of a barcode, or of an article number."""
    barcode = Barcode.objects.filter(company_id=company_id, code=code).first()
    if barcode:
        return barcode.product_id, barcode.quantity
    product = Product.objects.filter(company_id=company_id, sku__iexact=code).order_by("pk").first() if code else None
    if product is None:
        raise Refusal(
            _("“%(code)s” is no barcode or article number we know; nothing was counted.") % {"code": code}, field="code",
            hint=_("Scan again, or type the article number."),
        )
    return product.pk, Decimal(1)


def _check(line: PickListLine, quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity < 0:
        raise Refusal(_("A quantity is below zero; nothing was counted."), field="quantity")
    if quantity > line.quantity:
        raise Refusal(
            _("%(line)s: %(quantity)s is more than the %(wanted)s wanted; nothing was counted.")
            % {"line": line, "quantity": f"{quantity:f}", "wanted": f"{line.quantity:f}"}, field="quantity",
        )


def _count(line: PickListLine, quantity: Decimal) -> PickListLine:
    _check(line, quantity)
    line.picked = quantity
    line.save(update_fields=("picked", "short_reason"))
    return line


def _count_lot(pick_list: PickList, line: PickListLine, lot: str, quantity: Decimal, *, is_added: bool) -> PickListLine:
    if not lot.strip():
        raise Refusal(
            _("%(product)s is tracked by lots; nothing was counted yet.") % {"product": line.product.name}, field="lot", code="lot_missing",
            hint=_("Now scan or type the lot you took."),
        )
    if not quantity.is_finite():
        raise Refusal(_("A quantity is not a number; nothing was counted."), field="quantity")
    shipment = Shipment.objects.select_related("site").get(pk=pick_list.shipment_id)
    line.picked = count_lot(shipment, line, lot, quantity, is_added=is_added)
    line.save(update_fields=("picked", "short_reason", "place"))
    return line


def _refuse_lot(line: PickListLine, lot: str) -> None:
    if lot.strip():
        raise Refusal(
            _("%(product)s is not tracked by lots; nothing was counted.") % {"product": line.product.name}, field="lot", hint=_("Leave the lot empty."),
        )


def _refuse_uncounted(lines: Sequence[PickListLine]) -> None:
    tracked = next((line for line in lines if is_tracked(line)), None)
    if tracked is not None:
        raise Refusal(
            _("%(product)s is tracked by lots; nothing was finished.") % {"product": tracked.product.name}, field="quantities", code="lot_missing",
            hint=_("Scan or type the lots you took, line by line."),
        )


def _is_article(company_id: int, code: str) -> bool:
    return Barcode.objects.filter(company_id=company_id, code=code).exists() or Product.objects.filter(company_id=company_id, sku__iexact=code).exists()
