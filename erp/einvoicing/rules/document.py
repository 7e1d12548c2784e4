"""An invoice as EN 16931 sees it (the business terms BT-1 to BT-165 that the suite uses), whatever its spelling."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from suite.kernel.money.rules import ZERO

INVOICE, CREDIT_NOTE, PREPAYMENT = "invoice", "credit_note", "prepayment"
# UNTDID 1001, as far as we write it.
TYPE_CODES = {INVOICE: "380", CREDIT_NOTE: "381", PREPAYMENT: "386"}
CREDIT_CODES = {"381", "261", "296", "308", "396", "420", "458", "532", "81", "83"}


@dataclass(frozen=True)
class Trader:
    """Seller or buyer. `country` is the ISO 3166 code, `vat_number` has its country in front; `endpoint` is an electronic address."""

    name: str = ""
    vat_number: str = ""
    registration: str = ""
    street: str = ""
    more_street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""


@dataclass(frozen=True)
class Adjustment:
    """An allowance (or charge) on the document, in one tax category, or on a line. Amounts are never below zero when we write."""

    is_charge: bool
    amount: Decimal
    reason: str = ""
    category: str = ""
    percent: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A line: `price` is the net price of `price_quantity` units, `net` the amount after the line's own adjustments."""

    id: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    category: str
    percent: Decimal | None = None
    price_quantity: Decimal = Decimal(1)
    description: str = ""
    item_number: str = ""
    adjustments: tuple[Adjustment, ...] = ()


@dataclass(frozen=True)
class TaxGroup:
    """The tax of one category and rate (BG-23)."""

    category: str
    percent: Decimal | None
    basis: Decimal
    amount: Decimal
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True)
class ElectronicInvoice:
    """The whole document in its own currency. `kind` is "invoice" or "credit_note"; a credit note's amounts are positive.

    `allowances`, `charges`, `prepaid` and `rounding` are None where the document does not state them.
    """

    number: str
    kind: str
    issued_on: date | None
    currency: str
    seller: Trader
    buyer: Trader
    lines: tuple[Line, ...]
    taxes: tuple[TaxGroup, ...]
    line_total: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    payable: Decimal
    adjustments: tuple[Adjustment, ...] = ()
    allowances: Decimal | None = None
    charges: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    due_on: date | None = None
    terms: str = ""
    note: str = ""
    buyer_reference: str = ""
    order_reference: str = ""
    sales_order: str = ""
    corrects: str = ""
    corrects_issued_on: date | None = None
    delivered_on: date | None = None
    delivered_to: str = ""
    iban: str = ""
    bic: str = ""
    syntax: str = field(default="", compare=False)

    @property
    def is_credit(self) -> bool:
        return self.kind == CREDIT_NOTE

    @property
    def type_code(self) -> str:
        """What kind of document it is by UNTDID 1001 (BT-3)."""
        return TYPE_CODES[self.kind]


def inconsistencies(invoice: ElectronicInvoice) -> list[tuple[str, Decimal, Decimal]]:
    """(what, stated, worked out) of every total that does not add up (BR-CO-10, 13, 14, 15, 16)."""
    lines = sum((line.net for line in invoice.lines), ZERO)
    net = invoice.line_total - (invoice.allowances or ZERO) + (invoice.charges or ZERO)
    tax = sum((group.amount for group in invoice.taxes), ZERO)
    checks = [
        ("line_total", invoice.line_total, lines), ("net", invoice.net, net), ("tax", invoice.tax, tax), ("gross", invoice.gross, invoice.net + invoice.tax),
        ("payable", invoice.payable, invoice.gross - (invoice.prepaid or ZERO) + (invoice.rounding or ZERO)),
    ]
    return [(what, stated, found) for what, stated, found in checks if stated != found]


def figures(invoice: ElectronicInvoice) -> dict[str, Any]:
    """The totals of the document, as lists of samples state them; amounts as Decimal or None."""
    return {
        "syntax": invoice.syntax, "id": invoice.number, "issue_date": invoice.issued_on, "currency": invoice.currency, "lines": len(invoice.lines),
        "line_net_total": invoice.line_total, "allowances": invoice.allowances, "charges": invoice.charges, "tax_exclusive": invoice.net,
        "tax": invoice.tax, "tax_inclusive": invoice.gross, "prepaid": invoice.prepaid, "rounding": invoice.rounding, "payable": invoice.payable,
        "vat_breakdown": [(group.category, group.percent, group.basis, group.amount) for group in invoice.taxes],
    }
