"""What documents of payables put on the accounts, worked out without touching a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.receivables.rules import Plan
from suite.kernel.money.rules import ZERO, split


@dataclass(frozen=True)
class BillLineInput:
    """A line of a bill to be made. `discount` is a share; the price is in document currency. Without an account: the product's expense account."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    tax_id: int | None = None
    account_id: int | None = None
    product_id: int | None = None
    discount: Decimal = ZERO
    order_line_key: str = ""
    receipt_line_key: str = ""
    corrects_id: int | None = None
    asset_class_id: int | None = None
    deferral_from: date | None = None
    deferral_until: date | None = None
    freight_id: int | None = None


def same_reference(reference: str) -> str:
    """A supplier's number as it is compared: letters and digits, in capitals."""
    return "".join(sign for sign in reference if sign.isascii() and sign.isalnum()).upper()


def cost_lines(line: Any, amount: Decimal) -> list[EntryLine]:
    """Where a line's net goes: prepaid where it is for a time to come, the accrual of its shipment and what differs from it, else the account
    it names, else assets under construction, else the expense account of its product or of the company."""
    if line.deferral_from:
        return [EntryLine(AccountRole.PREPAID, amount=amount)]
    if line.freight_id:
        expected = getattr(line, "freight_taken", ZERO)
        return [EntryLine(AccountRole.FREIGHT_ACCRUAL, amount=expected), EntryLine(AccountRole.FREIGHT_OUT, amount=amount - expected)]
    if line.account_id:
        return [EntryLine(account_id=line.account_id, amount=amount)]
    if line.asset_class_id:
        return [EntryLine(AccountRole.CWIP, amount=amount)]
    return [EntryLine(AccountRole.EXPENSE, amount=amount, product_id=line.product_id)]


def plan_bill(lines: Iterable[Any], taxes: Sequence[Any], gross: Decimal, supplier_id: int, *, is_credit: bool = False) -> Plan:
    """Cost and input tax against payables; under reverse charge (P2P-18) the tax that we owe ourselves stands on both tax accounts.

    A credit note is the mirror (P2P-10). `taxes` have amount and self_assessed.
    """
    sign = -1 if is_credit else 1
    plan = Plan()
    lines = list(lines)
    plan.add(AccountRole.AP, -sign * gross, party_id=supplier_id)
    costs = costs_of_tax(lines, taxes)
    plan.lines += [booked for line, more in zip(lines, costs, strict=True) for booked in cost_lines(line, sign * (line.net + more))]
    for tax in taxes:
        plan.add(AccountRole.INPUT_TAX, sign * (tax.amount + tax.self_assessed - tax.not_deductible))
        plan.add(AccountRole.OUTPUT_TAX, -sign * tax.self_assessed)
    return plan


def costs_of_tax(lines: Sequence[Any], taxes: Sequence[Any], digits: int = 2) -> list[Decimal]:
    """What each line bears of tax that may not be deducted, by value (P2P-24)."""
    costs = [ZERO] * len(lines)
    for tax in taxes:
        if not tax.not_deductible:
            continue
        bearers = [at for at, line in enumerate(lines) if line.tax_id == tax.code_id and line.net]
        for at, part in zip(bearers, split(tax.not_deductible, [lines[at].net for at in bearers], digits), strict=True):
            costs[at] += part
    return costs


# What a printed total may differ by from what its lines come to, for each tax of the bill: roundings of the supplier's program.
ROUNDING_PER_TAX = Decimal("0.02")


def rounding_of(stated: Decimal | None, gross: Decimal, taxes: int) -> Decimal:
    """What the tax is to be raised by so that the bill comes to its printed total; 0 where the difference is none of rounding."""
    difference = ZERO if stated is None else stated - gross
    return difference if taxes and abs(difference) <= ROUNDING_PER_TAX * taxes else ZERO


def is_iban(text: str) -> bool:
    """Whether a text without blanks is an IBAN: country, check digits modulo 97 (ISO 13616)."""
    if not (15 <= len(text) <= 34 and text.isascii() and text.isalnum() and text[:2].isalpha() and text[2:4].isdigit() and text == text.upper()):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1
