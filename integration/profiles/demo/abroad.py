"""Suppliers at the bank: a bill in dollars that the bank paid in euros, and lines of suppliers that wait on the statement."""

from datetime import timedelta
from decimal import Decimal

from erp.banking.models import StatementLine
from erp.banking.rules import PartInput
from erp.banking.services import enter_statement_line, match_statement_line
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.payables.models import SupplierBill
from erp.payables.rules import BillLineInput
from erp.payables.services import draft_bill, post_bill
from erp.receivables.models import OpenItem
from erp.receivables.rules import AllocationInput
from integration.profiles.demo.story import Story
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.models import Currency, ExchangeRate
from suite.kernel.parties.models import Party

NUMBER, NAME = "L-90", "Pacific Components Inc"
RATE, PAID_RATE = Decimal("0.92"), Decimal("0.928")


def tell_suppliers_at_the_bank(story: Story) -> None:
    """A bill of 1,200 dollars paid straight from the statement, with its difference of exchange; another one, and a fee, wait to be matched."""
    finance, company, today = story.person("finance"), story.house.company, story.plan.today
    on = max(today.replace(day=1), today - timedelta(days=9))

    def supplier() -> Party:
        dollar, _made = Currency.objects.get_or_create(code="USD", defaults={"name": "US dollar", "symbol": "$", "digits": 2})
        ExchangeRate.objects.get_or_create(company=company, currency=dollar, valid_from=on, defaults={"rate": RATE})
        return Party.objects.get_or_create(company=company, number=NUMBER, defaults={"name": NAME, "is_supplier": True, "country": "US"})[0]

    party = in_unit_of_work(supplier, actor=finance)
    expense = accounts_of(company.pk).of(AccountRole.EXPENSE)
    for reference, amount in (("PC20260418", Decimal(1200)), ("PC20260431", Decimal(860))):
        bill = draft_bill(
            company_id=company.pk, supplier_id=party.pk, supplier_reference=reference, issued_on=on, actor=finance, currency_id="USD",
            source_key=f"demo/bill/{reference}", lines=[BillLineInput("Sensors", Decimal(1), amount, account_id=expense)])
        if bill.status == SupplierBill.Status.DRAFT:
            bill = post_bill(bill, actor=finance)
        paid = (amount * PAID_RATE).quantize(Decimal("0.01"))
        line = enter_statement_line(
            bank_account=story.house.bank, booked_on=today, amount=-paid, actor=finance, text=f"USD {amount} {reference}", counterparty_name=NAME,
            external_id=f"demo/{reference}")
        if reference == "PC20260418" and line.status == StatementLine.Status.OPEN:
            _match(line, party, bill, paid, amount, finance)
    enter_statement_line(
        bank_account=story.house.bank, booked_on=today, amount=Decimal("-14.90"), actor=finance, text="Foreign payment charges", external_id="demo/PC-fee")


def _match(line: StatementLine, party: Party, bill: SupplierBill, paid: Decimal, amount: Decimal, finance) -> None:
    item = OpenItem.objects.get(document_key=bill.key)
    match_statement_line(line, actor=finance, parts=[
        PartInput(-paid, party_id=party.pk, allocations=(AllocationInput(item.pk, paid, item_amount=amount),))])
