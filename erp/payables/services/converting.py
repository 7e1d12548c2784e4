"""A bill or credit note in foreign currency: its plan in company currency, each line with what it is on the bill (FX-6)."""

import copy
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from erp.payables.models import SupplierBill, SupplierBillLine, SupplierBillTax
from erp.payables.rules import plan_bill
from erp.receivables.rules import Plan
from suite.kernel.money.rules import Conversion


def plan_bill_in_currency(
    bill: SupplierBill, lines: Sequence[SupplierBillLine], taxes: Sequence[SupplierBillTax], rate: Conversion, *, is_credit: bool,
) -> tuple[Plan, Decimal]:
    """(the plan, the total) in company currency at the bill's rate; tells the tax rows what they are in the books.

    The total is converted as one; the largest line takes what rounding leaves, a tax never does (flows.md 0.3).
    """
    worth, nets, tax_worths = rate.all_to_books(bill.gross, [line.net for line in lines], [tax.amount for tax in taxes])
    for tax, amount in zip(taxes, tax_worths, strict=True):
        tax.books_base, tax.books_amount, tax.books_self_assessed = rate.to_books(tax.base), amount, rate.to_books(tax.self_assessed)
    plan = plan_bill(
        [_like(line, net=net) for line, net in zip(lines, nets, strict=True)],
        [_like(
            tax, base=tax.books_base, amount=tax.books_amount, self_assessed=tax.books_self_assessed, not_deductible=rate.to_books(tax.not_deductible),
        ) for tax in taxes],
        worth, bill.supplier_id, is_credit=is_credit,
    )
    on_bill = plan_bill(lines, taxes, bill.gross, bill.supplier_id, is_credit=is_credit)
    plan.lines = [
        replace(line, currency_id=rate.currency_id, amount_currency=there.amount) for line, there in zip(plan.lines, on_bill.lines, strict=True)
    ]
    return plan, worth


def _like(row: Any, **values: Any) -> Any:
    made = copy.copy(row)
    for name, value in values.items():
        setattr(made, name, value)
    return made
