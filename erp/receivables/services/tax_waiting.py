"""Tax of a document being posted that does not fall due yet."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from erp.ledger.roles import AccountRole
from erp.receivables.models import ClearingItem
from erp.receivables.rules import ClearingRow, Plan, PostingFacts
from suite.kernel.companies.models import Company
from suite.kernel.documents.models import Document
from suite.kernel.money.rules import round_money

OUTPUT, INPUT = AccountRole.OUTPUT_TAX, AccountRole.INPUT_TAX
WAITS_ON = {OUTPUT: AccountRole.OUTPUT_TAX_TRANSITION, INPUT: AccountRole.INPUT_TAX_TRANSITION}


def codes_on_payment(codes: Collection[int], facts: PostingFacts, *, is_advance: bool = False) -> set[int]:
    """Those of the tax codes that fall due as the document is paid; of an advance also those that otherwise wait for the supply."""
    points = {Company.TaxPoint.PAYMENT, Company.TaxPoint.SUPPLY} if is_advance else {Company.TaxPoint.PAYMENT}
    return {code for code in codes if code and facts.taxes[code].tax_point in points}


def codes_that_waited(document_key: str, company_id: int, taxes: Sequence[Any]) -> set[int]:
    """Those of a posted document's tax codes that it made wait: what corrects it waits too."""
    keys = set(ClearingItem.objects.filter(
        company_id=company_id, order_line_key=document_key, role__in=[role.value for role in WAITS_ON.values()],
    ).values_list("line_key", flat=True))
    return {tax.code_id for tax in taxes if key_of(tax) in keys}


def key_of(tax: Any) -> str:
    """How clearing items name a document's tax row."""
    return f"{tax._meta.label_lower}:{tax.pk}"


def make_tax_wait(plan: Plan, document: Document, taxes: Sequence[Any], codes: Collection[int], role: AccountRole, amounts: Sequence[Decimal]) -> None:
    """Moves the tax of these codes in a plan from due to not yet due, with what keeps it there. `amounts` are what the plan has of each tax row on
    `role`, in order; the rows are written already.
    """
    waiting = [(tax, amount) for tax, amount in zip(taxes, amounts, strict=True) if tax.code_id in codes and amount]
    for tax, amount in waiting:
        at = next(at for at, line in enumerate(plan.lines) if line.role == role and line.amount == amount)
        plan.lines[at] = replace(plan.lines[at], role=WAITS_ON[role])
        sign = 1 if amount > 0 else -1
        base = abs(getattr(tax, "books_base", None) or tax.base)
        plan.clearing.append(ClearingRow(WAITS_ON[role], document.key, key_of(tax), sign * round_money(base, 6), amount))
