"""An invoice or credit note in foreign currency: its plan in company currency, each line with what it is on the document (FX-1)."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from erp.ledger.roles import AccountRole
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.rules import Plan, PostingFacts
from suite.kernel.money.rules import ZERO

# What stock and earlier entries say in company currency, whatever the document is in.
IN_BOOKS = {AccountRole.COGS, AccountRole.GSNI}


def plan_in_currency(
    plan_maker: Callable[..., Plan], invoice: CustomerInvoice, lines: Sequence[CustomerInvoiceLine], taxes: Sequence[CustomerInvoiceTax],
    facts: PostingFacts,
) -> tuple[Plan, Decimal]:
    """(the plan, the total) in company currency at the document's rate; tells the tax rows what they are in the books.

    The total is converted as one; the largest line takes what rounding leaves, a tax never does (flows.md 0.3).
    """
    rate = facts.conversion
    worth, nets, tax_worths = rate.all_to_books(invoice.gross, [line.net for line in lines], [tax.amount for tax in taxes])
    bases = _bases(lines, nets, taxes)
    for tax, amount in zip(taxes, tax_worths, strict=True):
        tax.books_amount = amount
        tax.books_base = bases.get((tax.code_id, tax.rate), rate.to_books(tax.base))
    in_books = [_with_net(line, net) for line, net in zip(lines, nets, strict=True)]
    plan = plan_maker(in_books, tax_worths, worth, invoice.customer_id, facts)
    on_document = plan_maker(lines, [tax.amount for tax in taxes], invoice.gross, invoice.customer_id, _as_on_document(facts))
    plan.lines = [
        line if line.role in IN_BOOKS or line.role is None
        else replace(line, currency_id=rate.currency_id, amount_currency=there.amount)
        for line, there in zip(plan.lines, on_document.lines, strict=True)
    ]
    return plan, worth


def _with_net(line: CustomerInvoiceLine, net: Decimal) -> CustomerInvoiceLine:
    made = copy.copy(line)
    made.net = net
    return made


def _bases(lines: Sequence[CustomerInvoiceLine], nets: Sequence[Decimal], taxes: Sequence[CustomerInvoiceTax]) -> dict[tuple, Decimal]:
    """What the lines of each tax put into the books; only where they are what the document says is its base."""
    found: dict[tuple, list[Decimal]] = {}
    for line, net in zip(lines, nets, strict=True):
        sums = found.setdefault((line.tax_id, line.tax_rate), [ZERO, ZERO])
        sums[0] += line.net
        sums[1] += net
    return {(tax.code_id, tax.rate): found[tax.code_id, tax.rate][1] for tax in taxes
            if found.get((tax.code_id, tax.rate), (None,))[0] == tax.base}


def _as_on_document(facts: PostingFacts) -> PostingFacts:
    """The facts as if the document's currency were the company's: what waits as deferred revenue is what it was on its document."""
    rate = facts.conversion
    return replace(facts, digits=rate.digits, conversion=None, is_in_books=False)
