"""From the lines of an e-invoice to the lines of a bill: what the bill adds up to is what the invoice says."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.einvoicing.rules.document import Adjustment, ElectronicInvoice, Line, inconsistencies
from erp.payables.rules import BillLineInput
from suite.kernel.money.rules import ZERO, line_net

PRICE = Decimal("0.000001")
TOTALS = {
    "line_total": gettext_lazy("Sum of the lines"), "net": gettext_lazy("Net"), "tax": gettext_lazy("Tax"), "gross": gettext_lazy("Total"),
    "payable": gettext_lazy("To pay"),
}


@dataclass(frozen=True)
class Problem:
    """What could not be recognised or does not fit: the field, what is wrong, what to do. A person may overrule where `is_final` is not set."""

    field: str
    message: str
    hint: str = ""
    is_final: bool = False

    def as_row(self) -> dict[str, object]:
        return {"field": self.field, "message": str(self.message), "hint": str(self.hint), "is_final": self.is_final}


def tax_keys(document: ElectronicInvoice) -> list[tuple[str, Decimal]]:
    """Every (category, percent) that lines and adjustments bear, in order."""
    bearing = [*document.lines, *document.adjustments]
    return list(dict.fromkeys((one.category, one.percent or ZERO) for one in bearing))


def bill_lines(
    document: ElectronicInvoice, taxes: Mapping[tuple[str, Decimal], int], *, account_id: int | None = None, digits: int = 2,
) -> list[BillLineInput]:
    """The bill's lines; allowances and charges of the document are lines of their own. `taxes` gives the tax code of each `tax_keys`."""
    made = [_line(line, taxes[line.category, line.percent or ZERO], account_id, digits) for line in document.lines]
    return [*made, *[_adjustment(one, taxes[one.category, one.percent or ZERO], account_id) for one in document.adjustments]]


def _line(line: Line, tax_id: int, account_id: int | None, digits: int) -> BillLineInput:
    words = line.name if not line.item_number else f"{line.item_number} {line.name}"
    price = (line.price / line.price_quantity).quantize(PRICE) if line.price_quantity else line.price
    quantity = line.quantity if price >= 0 else -line.quantity
    if line.quantity and line_net(quantity, abs(price), ZERO, digits) == line.net and quantity == quantity.quantize(PRICE):
        return BillLineInput(words[:200], quantity, abs(price), tax_id=tax_id, account_id=account_id)
    # The line has allowances or charges of its own, or a price finer than ours: one unit at what it comes to, the rest in words.
    told = f"{words[:150]} ({line.quantity.normalize() + 0:f} × {price.normalize() + 0:f})"
    return BillLineInput(told[:200], Decimal(1 if line.net >= 0 else -1), abs(line.net), tax_id=tax_id, account_id=account_id)


def _adjustment(one: Adjustment, tax_id: int, account_id: int | None) -> BillLineInput:
    signed = one.amount if one.is_charge else -one.amount
    words = one.reason or (_("Charge") if one.is_charge else _("Allowance"))
    return BillLineInput(words[:200], Decimal(1 if signed >= 0 else -1), abs(signed), tax_id=tax_id, account_id=account_id)


def totals_that_do_not_add_up(document: ElectronicInvoice) -> list[Problem]:
    """A problem per total that is not what its parts make."""
    return [
        Problem(
            "totals", _("%(what)s: the file says %(stated)s, its parts make %(found)s.") % {"what": TOTALS[what], "stated": stated, "found": found},
            _("Ask the sender for a correct invoice."),
        )
        for what, stated, found in inconsistencies(document)
    ]
