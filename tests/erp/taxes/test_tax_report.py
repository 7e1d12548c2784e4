"""The tax report: every code by its tax date, as known at a time, equal to the ledger; and what the return takes of it."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from erp.compliance.models import TaxReturn
from erp.compliance.services import compute_return
from erp.payables.services import post_bill, reverse_bill
from erp.receivables.services import credit_invoice
from erp.taxes.reports import tax_report, tax_report_documents, withholding_certificates
from erp.taxes.selectors import tax_documents, tax_in_ledger, taxes_between
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.erp.taxes.test_deposits import deposit
from tests.factories.payables import Buying
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db
D = Decimal
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def report(company, since=YEAR[0], until=YEAR[1], known=None) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    return {(row.side, row.code): (row.base, row.tax) for row in taxes_between(company.pk, since, until, known_at=known)}


def test_every_code_equals_the_ledger_through_deposit_payment_credit_and_bills(trading):
    trade = trading()
    buying = Buying.__new__(Buying)
    buying.__dict__ |= trade.__dict__
    buying.supplier = Party.objects.create(company=trade.company, name="Mill", number="S-1", is_supplier=True)
    deposit(trade)
    trade.pay("55")
    trade.draft(trade.line("5", "20", kind="service"), issue_on=DAY)
    credited = trade.invoice(trade.line("1", "40", kind="service", tax=trade.tax_20))
    credit_invoice(credited, actor=trade.actor, reason="correction")
    trade.invoice(trade.line("1", "70", kind="service", tax=trade.no_tax))
    half = Tax.objects.create(company=trade.company, code="HALF", name="Half", rate=D("0.2"), deductible_share=D("0.5"))
    buying.bill(buying.line("100", tax=half))
    reverse_bill(buying.bill(buying.line("100"), reference="R-2"), actor=trade.actor)
    found = report(trade.company)
    assert found["output", "T10"] == (D(100), D(10))
    assert found["output", "T20"] == (0, 0)
    assert found["output", "T0"] == (D(70), 0)
    assert found["input", "HALF"] == (D(100), D(10))
    assert found["input", "T10"] == (0, 0)
    ledger = tax_in_ledger(trade.company.pk, *YEAR, known_at=None)
    assert ledger == {side: sum(tax for (one, _code), (_base, tax) in found.items() if one == side) for side in ("output", "input")}


def test_tax_on_payment_counts_when_it_is_paid_with_its_base(trading):
    trade = trading(tax_point="payment")
    trade.invoice(trade.line("1", "100", kind="service"))
    trade.pay("55", on=date(2026, 4, 2))
    march, april = (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))
    assert report(trade.company, *march) == {}
    assert report(trade.company, *april) == {("output", "T10"): (D(50), D(5))}


def test_a_return_takes_it_by_its_tax_date_and_with_its_base(trading):
    trade = trading()
    trade.invoice(trade.line("1", "100", kind="service"), on=date(2026, 4, 2), tax_date=date(2026, 3, 30))
    waiting = TaxReturn.objects.create(company=trade.company, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31))
    done = compute_return(waiting, actor=trade.actor)
    assert (done.output_tax, done.boxes.get(code="10").amount) == (D(10), D(100))
    assert report(trade.company, date(2026, 3, 1), date(2026, 3, 31)) == {("output", "T10"): (D(100), D(10))}


def test_on_payment_the_return_reports_the_base_that_was_paid(trading):
    trade = trading(tax_point="payment")
    trade.invoice(trade.line("1", "100", kind="service"))
    trade.pay("55", on=date(2026, 4, 2))
    for month, base, tax in ((3, D(0), D(0)), (4, D(50), D(5))):
        made = TaxReturn.objects.create(company=trade.company, starts_on=date(2026, month, 1), ends_on=date(2026, month, 30))
        done = compute_return(made, actor=trade.actor)
        assert (done.output_tax, done.boxes.get(code="10").amount) == (tax, base)


@pytest.mark.django_db(transaction=True)
def test_two_known_at_times_differ_by_the_documents_posted_between():
    trade = Trade()
    trade.invoice(trade.line("1", "100", kind="service"))
    first = timezone.now()
    late = trade.invoice(trade.line("1", "30", kind="service"), on=date(2026, 3, 5))
    second = timezone.now()
    trade.invoice(trade.line("1", "7", kind="service"), on=date(2026, 3, 6))
    before = {one.entry_id for one in tax_documents(trade.company.pk, *YEAR, known_at=first)}
    after = {one.entry_id for one in tax_documents(trade.company.pk, *YEAR, known_at=second)}
    assert after - before == {late.entry_id}
    assert before <= after
    assert report(trade.company, known=first) == {("output", "T10"): (D(100), D(10))}
    assert report(trade.company, known=second) == {("output", "T10"): (D(130), D(13))}


def test_a_waiting_bill_that_is_reversed_leaves_nothing(buying_with):
    buying = buying_with(tax_point="payment")
    bill = buying.bill()
    reverse_bill(bill, actor=buying.actor)
    assert report(buying.company) == {}
    assert tax_in_ledger(buying.company.pk, *YEAR, known_at=None) == {"output": 0, "input": 0}


def test_the_pages_drill_to_the_documents_and_name_what_has_no_code(trading):
    trade = trading()
    invoice = trade.invoice(trade.line("1", "100", kind="service"))
    table = tax_report(company_id=trade.company.pk, starts_on=YEAR[0], ends_on=YEAR[1])
    assert table.totals["tax"] == 10
    row = next(row for row in table.rows if row["code"] == "T10")
    assert (row["box"], row["base"], row["tax"]) == ("10", D(100), D(10))
    documents = tax_report_documents(company_id=trade.company.pk, starts_on=YEAR[0], ends_on=YEAR[1], tax=trade.tax, side="output")
    assert [one["number"] for one in documents.rows] == [invoice.number]


def test_certificates_add_up_per_party_and_year(buying_with):
    buying = buying_with()
    tax = Tax.objects.create(company=buying.company, code="W", name="Withheld", rate=D("0.1"), kind="withholding")
    buying.supplier.withholding_tax = tax
    buying.supplier.save(update_fields=["withholding_tax"])
    for number in (1, 2):
        post_bill(buying.draft(buying.line("100", tax=buying.no_tax), reference=f"W-{number}"), actor=buying.actor)
        buying.pay("90")
    table = withholding_certificates(company_id=buying.company.pk, year=2026)
    assert [(row["party"], row["base"], row["amount"]) for row in table.rows] == [("Paper Mill", D(200), D(20))]
    assert withholding_certificates(company_id=buying.company.pk, year=2025).rows == []


