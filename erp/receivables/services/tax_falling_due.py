"""Tax on payment (TAX-3, TAX-4): it waits on an account of its own and falls due as the document is settled."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import ClearingItem, OpenItem
from erp.receivables.services.acting import acting_user
from suite.kernel.companies.models import Company
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO
from suite.kernel.taxes.rules import Waiting, falling_due

TRANSITIONS = {
    AccountRole.OUTPUT_TAX_TRANSITION: AccountRole.OUTPUT_TAX, AccountRole.INPUT_TAX_TRANSITION: AccountRole.INPUT_TAX,
}


def let_tax_fall_due(items: Collection[OpenItem], *, on: date) -> None:
    """Moves the tax of the items' documents in step with what of them is settled, in one entry dated `on`: proportionally, exactly all of it with
    the last payment; taken back where a payment was. Raises Refusal: closed period, missing role.
    """
    company_id = next(iter(items)).company_id
    settled = _settled(sorted({item.document_key for item in items}), company_id)
    digits = Company.objects.values_list("currency__digits", flat=True).get(pk=company_id)
    lines: list[EntryLine] = []
    rows: list[ClearingItem] = []
    for (document, role, account_id), codes in _waiting(company_id, list(settled)).items():
        whole, left = settled[document]
        for move in falling_due(codes, settled=abs(whole) - abs(left), whole=abs(whole), digits=digits):
            lines += [EntryLine(account_id=account_id, amount=-move.amount), EntryLine(TRANSITIONS[AccountRole(role)], amount=move.amount)]
            rows.append(ClearingItem(
                company_id=company_id, role=role, account_id=account_id, order_line_key=document, line_key=move.line_key, quantity=-move.base,
                amount=-move.amount,
            ))
    if not rows:
        return
    actor = acting_user()
    entry = begin_entry(
        company_id=company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, description=str(_("Tax falls due on payment")),
    )
    for row in rows:
        row.entry = entry
    insert_rows(rows)
    complete_entry(entry, lines, actor)


def _settled(documents: Sequence[str], company_id: int) -> dict[str, tuple[Decimal, Decimal]]:
    """{document: (what it is, what of it is open), in its currency}."""
    items = OpenItem.objects.filter(company_id=company_id, document_key__in=documents, is_taxed_on_payment=True).order_by()
    found = items.values("document_key").annotate(whole=Sum("amount_currency"), left=Sum("open_currency"))
    return {row["document_key"]: (row["whole"], row["left"]) for row in found}


def _waiting(company_id: int, documents: Sequence[str]) -> dict[tuple[str, str, int], list[Waiting]]:
    """Per document, role and account its codes in order: what they were booked with, and what of it still waits."""
    found: dict[tuple[str, str, int], list[Waiting]] = {}
    rows = ClearingItem.objects.filter(company_id=company_id, role__in=list(TRANSITIONS), order_line_key__in=documents)
    booked: dict[str, ClearingItem] = {}
    left: dict[str, list[Decimal]] = {}
    for row in rows.order_by("pk"):
        booked.setdefault(row.line_key, row)
        sums = left.setdefault(row.line_key, [ZERO, ZERO])
        sums[0] += row.amount
        sums[1] += row.quantity
    for key, row in booked.items():
        waiting = Waiting(key, row.amount, row.quantity, *left[key])
        found.setdefault((row.order_line_key, row.role, row.account_id), []).append(waiting)
    return found
