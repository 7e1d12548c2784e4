"""Input tax of a bill that falls due as it is paid, and what is withheld of its supplier."""

from collections.abc import Sequence
from decimal import Decimal

from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill, SupplierBillLine, SupplierBillTax
from erp.receivables.models import ClearingItem, OpenItem
from erp.receivables.rules import Plan, PostingFacts
from erp.receivables.services.tax_waiting import codes_on_payment, codes_that_waited, make_tax_wait
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO, round_money, split
from suite.kernel.taxes.selectors import position_of, taxes_for, why_typed


def choose_taxes(bill: SupplierBill, lines: Sequence[SupplierBillLine]) -> None:
    """Sets tax, rate and reason of the lines, and the bill's fiscal position. A tax that was typed stays; a line of a product without one gets the
    product's, as the supplier's fiscal position has it (unless the bill's printed total was typed: then the clerk says what it bears).
    """
    position = position_of(company_id=bill.company_id, party=bill.supplier, on=bill.issued_on)
    bill.fiscal_position_id = position and position.id
    wanted = [] if bill.stated_total is not None else [line.product for line in lines if line.tax is None and line.product is not None]
    found = taxes_for(company_id=bill.company_id, party=bill.supplier, products=wanted, on=bill.issued_on) if wanted and position else {}
    for line in lines:
        if line.tax is None and line.product_id in found:
            line.tax, line.tax_reason = found[line.product_id].tax, found[line.product_id].reason[:200]
        elif line.tax is not None and (not line.tax_reason or line.tax_rate != line.tax.rate):
            line.tax_reason = why_typed(line.tax, position)[:200]
        line.tax_rate = line.tax.rate if line.tax else ZERO


def taxed_later(
    bill: SupplierBill, plan: Plan, taxes: Sequence[SupplierBillTax], parts: Sequence[Decimal], facts: PostingFacts,
) -> tuple[bool, list[Decimal]]:
    """(whether tax of the bill waits for payment, now also in the plan; what is withheld of each instalment, above zero)."""
    is_credit = bill.kind == SupplierBill.Kind.CREDIT_NOTE
    charged = [tax for tax in taxes if not tax.self_assessed]
    if is_credit and bill.corrects_id:
        waits = OpenItem.objects.filter(entry_id=bill.corrects.entry_id, is_taxed_on_payment=True).exists()
        waited = codes_that_waited(bill.corrects.key, bill.company_id, list(bill.corrects.taxes.all())) if waits else set()
        codes = waited & {tax.code_id for tax in charged}
    else:
        codes = codes_on_payment({tax.code_id for tax in charged}, facts)
    sign = -1 if is_credit else 1
    if codes:
        make_tax_wait(plan, bill, charged, codes, AccountRole.INPUT_TAX, [sign * _deductible(tax, facts) for tax in charged])
    if facts.withholding is None or is_credit:
        return bool(codes), [ZERO] * len(parts)
    return bool(codes), split(
        round_money(bill.net * facts.withholding.rate, facts.document_digits), parts, facts.document_digits,
    )


def _deductible(tax: SupplierBillTax, facts: PostingFacts) -> Decimal:
    """The deductible tax in company currency."""
    if facts.conversion is None:
        return tax.amount - tax.not_deductible
    return tax.books_amount - facts.conversion.to_books(tax.not_deductible)


def take_back_waiting(bill: SupplierBill, mirror: JournalEntry) -> None:
    """What the bill made wait for payment waits no more with its mirror."""
    insert_rows([
        ClearingItem(
            company_id=row.company_id, entry=mirror, role=row.role, account_id=row.account_id, order_line_key=row.order_line_key, line_key=row.line_key,
            quantity=-row.quantity, amount=-row.amount,
        )
        for row in ClearingItem.objects.filter(entry_id=bill.entry_id, order_line_key=bill.key, role=AccountRole.INPUT_TAX_TRANSITION)
    ])
