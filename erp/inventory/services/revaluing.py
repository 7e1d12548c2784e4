"""Value changed without a move: standard cost, revaluation, write-down and its recovery."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from erp.inventory.models import StockAdjustment, StockAdjustmentLine, StockValue, Warehouse
from erp.inventory.rules import Layer, in_order, plain, spread
from erp.inventory.selectors.costs import currency_digits
from erp.inventory.services.layers import lock_levels, open_layers, stock_value
from erp.inventory.services.lines import ZERO
from erp.ledger.models import JournalEntry
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import round_money
from suite.kernel.products.models import Product


def revalue(adjustment: StockAdjustment, lines: list[StockAdjustmentLine], *, entry: JournalEntry, ledger_date: date) -> dict[int, Decimal]:
    """Changes the value of what is on hand by the lines: the change per inventory account. Each line's `value_change` says its part.

    Raises Refusal for stock that is not there, above actual cost, or a recovery above what was written down.
    """
    products = {line.product_id for line in lines}
    everywhere = list(Warehouse.objects.filter(company_id=adjustment.company_id).order_by("pk").values_list("pk", flat=True))
    lock_levels(adjustment.company_id, products)
    layers, _digits = open_layers(adjustment.company_id, products, everywhere)
    digits = currency_digits(adjustment.company_id)
    values: list[StockValue] = []
    for line in lines:
        is_new_standard = line.unit_cost is not None and line.product.valuation == Product.Valuation.STANDARD
        here = [
            layer for layer in in_order(layers)
            if layer.product_id == line.product_id and (is_new_standard or layer.warehouse_id == adjustment.warehouse_id)
        ]
        if is_new_standard:
            changes = [round_money(layer.quantity * line.unit_cost, digits) - layer.value for layer in here]
            line.value_change = sum(changes, ZERO)
            _check_rise(line, here, digits)
            _set_standard(line)
        else:
            _check_change(adjustment, line, here, digits)
            changes = spread(here, line.value_change, digits)
        for layer, change in zip(here, changes, strict=True):
            layer.value += change
            if change:
                values.append(stock_value(
                    layer, None, quantity=ZERO, value=change, line_key=line.key, entry_id=entry.pk, ledger_date=ledger_date,
                    company_id=adjustment.company_id,
                ))
    if not values:
        raise Refusal(_("Nothing on hand changes its value; nothing was posted."), code="no_change", hint=_("Enter another cost or change of value."))
    StockValue.objects.bulk_create(values)
    StockAdjustmentLine.objects.bulk_update(lines, ["value_change"])
    sums: dict[int, Decimal] = {}
    for value in values:
        sums[value.account_id] = sums.get(value.account_id, ZERO) + value.value
    return sums


def _check_change(adjustment: StockAdjustment, line: StockAdjustmentLine, here: list[Layer], digits: int) -> None:
    worth = sum((layer.value for layer in here), ZERO)
    if not line.value_change:
        raise Refusal(_("%(product)s: enter the change of value.") % {"product": line.product}, field="value_change", code="no_change")
    if not here or worth + line.value_change < 0:
        raise Refusal(
            _("%(product)s is worth %(worth)s in this warehouse; its value cannot change by %(change)s. Nothing was posted.")
            % {"product": line.product, "worth": plain(worth), "change": plain(line.value_change)},
            field="value_change", code="value_below_zero", hint=_("Enter a change that leaves a value of zero or more."),
        )
    if line.value_change > 0 and adjustment.kind == StockAdjustment.Kind.WRITE_DOWN:
        written_down = -_posted_changes(adjustment, line, StockAdjustment.Kind.WRITE_DOWN)
        if line.value_change > written_down:
            raise Refusal(
                _("%(product)s: %(left)s of write-downs can be recovered, not %(change)s. Nothing was posted.")
                % {"product": line.product, "left": plain(written_down), "change": plain(line.value_change)},
                field="value_change", code="recovery_too_high", hint=_("Recover at most what was written down."),
            )
    elif line.value_change > 0:
        _check_rise(line, here, digits, lowered=-_posted_changes(adjustment, line))


def _check_rise(line: StockAdjustmentLine, here: list[Layer], digits: int, lowered: Decimal = ZERO) -> None:
    """Stock is never worth more than it cost; a pool never more than what its value was lowered by."""
    room = sum((layer.actual_value(digits) - layer.value for layer in here), ZERO)
    if any(layer.is_pool for layer in here):
        room = max(lowered, ZERO)
    if line.value_change > max(room, ZERO):
        raise Refusal(
            _("%(product)s can rise by %(room)s up to its actual cost, not by %(change)s. Nothing was posted.")
            % {"product": line.product, "room": plain(max(room, ZERO)), "change": plain(line.value_change)},
            field="value_change", code="above_cost", hint=_("Stock is never valued above what it cost."),
        )


def _posted_changes(adjustment: StockAdjustment, line: StockAdjustmentLine, *kinds: str) -> Decimal:
    rows = StockAdjustmentLine.objects.filter(
        adjustment__status=StockAdjustment.Status.POSTED, adjustment__warehouse_id=adjustment.warehouse_id, product_id=line.product_id,
        company_id=adjustment.company_id,
    ).exclude(adjustment_id=adjustment.pk)
    if kinds:
        rows = rows.filter(adjustment__kind__in=kinds)
    return rows.aggregate(total=Sum(F("value_change")))["total"] or ZERO


def _set_standard(line: StockAdjustmentLine) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('suite.revaluing', %s, true)", [str(line.product_id)])
    Product.objects.filter(pk=line.product_id).update(standard_cost=line.unit_cost, version=F("version") + 1)
