"""Input tax of a bill that falls due as it is paid, and what is withheld of its supplier."""

from collections.abc import Sequence
from decimal import Decimal

from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill, SupplierBillTax
from erp.receivables.models import OpenItem
from erp.receivables.rules import Plan, PostingFacts
from erp.taxes.services.waiting import codes_on_payment, codes_that_waited, make_tax_wait
from suite.kernel.money.rules import ZERO, round_money, split


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
        make_tax_wait(plan, bill, charged, codes, AccountRole.INPUT_TAX, [sign * (tax.amount - tax.not_deductible) for tax in charged])
    if facts.withholding is None or is_credit:
        return bool(codes), [ZERO] * len(parts)
    return bool(codes), split(round_money(bill.net * facts.withholding.rate, facts.digits), parts, facts.digits)
