"""Putting a plan into the books: the entry's lines, clearing items and open items."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services.entries import complete_entries, complete_entry
from erp.receivables.models import ClearingItem, OpenItem
from erp.receivables.rules import ClearingRow, Plan, PostingFacts
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.models import Document
from suite.kernel.money.rules import ZERO


def write_plan(
    entry: JournalEntry, plan: Plan, facts: PostingFacts, *, actor: Any, lines: Sequence[Any] = (), owners: Sequence[Document] = (),
    beside: Sequence[Sequence[Model]] = (), also: Sequence[tuple[str, Sequence[Any]]] = (),
) -> None:
    """Writes the entry's lines and the plan's clearing items, with the rows of `beside`, in one round trip.

    `lines` are the document lines that rows of the plan name by position.
    """
    clearing = [_clearing_item(entry, row, facts, lines) for row in plan.clearing]
    complete_entry(
        entry, [resolved(line, facts) for line in plan.lines if line.amount or line.amount_currency], actor, owners=owners,
        beside=(*beside, clearing), also=also,
    )


def write_plans(plans: Sequence[tuple[JournalEntry, Plan, Sequence[Document]]], facts: PostingFacts) -> None:
    """Writes the lines of (entry, plan, owners) together; plans that clear nothing."""
    complete_entries([
        (entry, [resolved(line, facts) for line in plan.lines if line.amount or line.amount_currency], owners) for entry, plan, owners in plans
    ])


def resolved(line: EntryLine, facts: PostingFacts) -> EntryLine:
    """The line with its account, from facts already read. Raises Refusal naming a missing role."""
    if line.account_id is not None:
        return line
    return EntryLine(
        account_id=facts.accounts.of(line.wanted), amount=line.amount, party_id=line.party_id, description=line.description,
        currency_id=line.currency_id, amount_currency=line.amount_currency,
    )


def _clearing_item(entry: JournalEntry, row: ClearingRow, facts: PostingFacts, lines: Sequence[Any]) -> ClearingItem:
    document_line = lines[row.position].key if row.position is not None else ""
    return ClearingItem(
        company_id=entry.company_id, entry=entry, role=row.role, account_id=facts.accounts.of(row.role), order_line_key=row.order_line_key,
        line_key=row.line_key or document_line, quantity=row.quantity, amount=row.amount,
        invoice_line_key=document_line if row.invoice_line_key == "line" else row.invoice_line_key,
    )


def open_item(
    entry: JournalEntry, facts: PostingFacts, *, party_id: int, kind: OpenItem.Kind, document_key: str, amount: Decimal,
    issued_on: date, due_on: date | None = None, role: AccountRole = AccountRole.AR, currency_id: str | None = None,
    amount_currency: Decimal | None = None, is_taxed_on_payment: bool = False, withheld: Decimal = ZERO,
) -> OpenItem:
    """An item not yet written, for the entry's line on the role's account; in company currency where no other is named. `withheld`: the part, in
    the item's currency, that whoever pays it keeps back for the tax office.
    """
    if currency_id in (None, facts.currency_id):
        currency_id, amount_currency = facts.currency_id, amount
    return OpenItem(
        company_id=entry.company_id, entry=entry, account_id=facts.accounts.of(role), party_id=party_id, kind=kind, document_key=document_key,
        amount=amount, open_amount=amount, currency_id=currency_id, amount_currency=amount_currency, open_currency=amount_currency,
        issued_on=issued_on, due_on=due_on or issued_on, is_taxed_on_payment=is_taxed_on_payment, withheld=withheld,
        withholding_tax_id=facts.withholding.tax_id if withheld else None,
    )


def in_currency(payment: Any, facts: PostingFacts, amount: Decimal) -> dict[str, Any]:
    """What a line of the payment says of its currency: nothing in the company's own."""
    return {} if payment.currency_id == facts.currency_id else {"currency_id": payment.currency_id, "amount_currency": amount}


def refuse_other_account(payment: Any, facts: PostingFacts) -> None:
    """Raises Refusal for money that neither is in the account's currency nor is changed into the company's as it arrives."""
    account = payment.bank_account
    if account.currency_id not in (payment.currency_id, facts.currency_id):
        raise Refusal(
            _("%(account)s is kept in %(kept)s, the payment is in %(currency)s; nothing was posted.")
            % {"account": account, "kept": account.currency_id, "currency": payment.currency_id}, field="bank_account", code="account_currency",
            hint=_("Choose an account in %(currency)s or in %(books)s.") % {"currency": payment.currency_id, "books": facts.currency_id},
        )
