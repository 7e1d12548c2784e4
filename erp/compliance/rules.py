"""The forms of tax returns as data, and duties that one person must not join."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from suite.kernel.money.rules import ZERO


@dataclass
class Reported:
    """What a return adds up: tax by side, and bases of sales by EN 16931 category, in company currency."""

    output_tax: Decimal = ZERO
    input_tax: Decimal = ZERO
    bases: dict[str, Decimal] = field(default_factory=dict)
    corrections: Decimal = ZERO


@dataclass(frozen=True)
class Box:
    """A box of a form and how its amount is found."""

    code: str
    label: str
    amount: Callable[[Reported], Decimal]


def _sales(*categories: str) -> Callable[[Reported], Decimal]:
    return lambda reported: sum((reported.bases.get(category, ZERO) for category in categories), ZERO)


PROFILES: dict[str, tuple[Box, ...]] = {
    "simple": (
        Box("10", _("Sales at a standard or reduced rate"), _sales("S")),
        Box("20", _("Sales to other member states"), _sales("K", "AE")),
        Box("30", _("Exports"), _sales("G")),
        Box("40", _("Sales at zero rate or exempt"), _sales("Z", "E")),
        Box("50", _("Output tax"), lambda reported: reported.output_tax),
        Box("60", _("Input tax"), lambda reported: reported.input_tax),
        Box("65", _("Of these: corrections of earlier returns"), lambda reported: reported.corrections),
        Box("70", _("Tax payable (below zero: refund due)"), lambda reported: reported.output_tax - reported.input_tax),
    ),
}


@dataclass(frozen=True)
class Conflict:
    """Two duties that one person should not join, and why."""

    first: str
    second: str
    why: str


CONFLICTS = (
    Conflict("kernel.close_period", "kernel.reopen_period", _("Closes a period and opens it again")),
    Conflict("erp.post_customerinvoice", "erp.post_customerpayment", _("Issues invoices and records that they were paid")),
    Conflict("erp.post_customerpayment", "erp.match_statementline", _("Records payments and proves them by the bank statement")),
    Conflict("erp.write_off_customerinvoice", "erp.post_customerpayment", _("Takes money in and writes claims off")),
    Conflict("crm.release_order", "crm.confirm_order", _("Confirms orders and lifts their credit hold")),
    Conflict("erp.file_taxreturn", "erp.post_journalentry", _("Types entries and files the return made of them")),
    Conflict("erp.post_stockadjustment", "scm.dispatch_shipment", _("Sends goods out and adjusts what is missing")),
    Conflict("erp.post_supplierbill", "erp.post_supplierpayment", _("Books supplier bills and pays them")),
    Conflict("erp.change_supplierbankaccount", "erp.post_supplierpayment", _("Changes suppliers' bank details and pays to them")),
)
