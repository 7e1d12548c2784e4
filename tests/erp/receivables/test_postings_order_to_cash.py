"""Each posting of order to cash out of the real services, against the golden block of its id."""

from datetime import date
from decimal import Decimal

import pytest

from erp.banking.services import enter_statement_line, match_statement_line
from erp.closing.services import accrue_unbilled, close_year, reopen_year
from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.ledger.models import JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.receivables.models import ClearingItem, CustomerInvoice
from erp.receivables.selectors import credit_of
from erp.receivables.services import (
    allocate_payment,
    correct_invoice,
    credit_order,
    credit_return,
    reverse_payment,
    transfer_payment,
    write_off,
)
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.factories.base import make_customer
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import POSTINGS, expected

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    made = Trade()
    yield made
    for name, check in {**LEDGER, **RECEIVABLES}.items():
        assert check(made.company.pk) == [], name


def entry_of(document) -> JournalEntry:
    return JournalEntry.objects.get(pk=document.entry_id)


def units(role, line_key):
    rows = ClearingItem.objects.filter(role=role, line_key=line_key).values_list("quantity", "amount")
    return sum(q for q, _a in rows), sum(a for _q, a in rows)


def test_O2C_1(trade):
    assert net_by_role(trade.ship()) == expected("O2C-1")
    assert units("GSNI", "scm.shipment:1/1") == (5, 50)


def test_O2C_1s():
    trade = Trade(cogs_policy="at_shipment")

    assert net_by_role(trade.ship()) == expected("O2C-1s")
    trade.draft()
    assert net_by_role(entry_of(trade.invoice_shipment())) == expected("O2C-2")


def test_O2C_2_and_O2C_3(trade):
    draft = trade.draft()
    trade.ship()

    invoice = trade.invoice_shipment()

    assert invoice.pk == draft.pk
    assert (invoice.number, invoice.status, invoice.payment_status, invoice.due_on) == ("INV-2026-00001", "posted", "unpaid", date(2026, 4, 9))
    assert net_by_role(entry_of(invoice)) == expected("O2C-2", "O2C-3")
    assert units("GSNI", "scm.shipment:1/1") == (0, 0)


def test_O2C_4_and_O2C_5(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()

    payment = trade.pay("110")
    assert net_by_role(entry_of(payment)) == expected("O2C-4")
    assert trade.open(invoice) == trade.open(payment) == 0
    invoice.refresh_from_db()
    assert (payment.status, invoice.payment_status) == ("posted", "paid")

    line = enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(110), actor=trade.actor)
    line = match_statement_line(line, actor=trade.actor, payment_id=payment.pk)
    payment.refresh_from_db()
    assert net_by_role(entry_of(line)) == expected("O2C-5")
    assert payment.status == "matched"
    everything = net_by_role(*JournalEntry.objects.filter(company=trade.company, source_key__startswith="scm."), *map(entry_of, (
        invoice, payment, line)))
    assert not {"GSNI", "AR", "OUTSTANDING_RECEIPTS"} & everything.keys()


def prepaid() -> tuple[Trade, CustomerInvoice]:
    trade = Trade(stock=((5, "11"),))
    return trade, trade.draft(issue_on=DAY)


def test_O2C_6():
    trade, invoice = prepaid()

    assert net_by_role(entry_of(invoice)) == expected("O2C-6")
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == (5, -100)


def test_O2C_7_and_O2C_8():
    trade, invoice = prepaid()

    entry = trade.ship()

    assert net_by_role(entry) == expected("O2C-7", "O2C-8")
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == units("GSNI", "scm.shipment:1/1") == (0, 0)
    assert trade.invoice_shipment() is None


def test_O2C_8p():
    trade, invoice = prepaid()

    entry = trade.ship("2")

    goods_leg = {"GSNI": Decimal(22), "INVENTORY": Decimal(-22)}
    net = expected("O2C-8p")
    assert net_by_role(entry) == {"COGS": net["COGS"], "DEFERRED_REVENUE": net["DEFERRED_REVENUE"], "REVENUE": net["REVENUE"],
                                  "INVENTORY": goods_leg["INVENTORY"]}
    assert net["GSNI"] + goods_leg["GSNI"] == 0
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == (3, -60)


def test_O2C_9(trade):
    trade.draft()
    trade.ship("2")
    march = Period.objects.get(company=trade.company, year__code="2026", number=3)

    accrual, reversal = accrue_unbilled(period=march, actor=trade.actor)

    assert (accrual.ledger_date, reversal.ledger_date) == (date(2026, 3, 31), date(2026, 4, 1))
    assert net_by_role(accrual) == expected("O2C-9")
    assert net_by_role(reversal) == expected("O2C-9", mirror=True)
    assert accrue_unbilled(period=march, actor=trade.actor) == (accrual, reversal)
    assert units("GSNI", "scm.shipment:1/1") == (2, 20)


def test_O2C_9t(trade):
    trade.draft()
    trade.ship("2")
    march = Period.objects.get(company=trade.company, year__code="2026", number=3)

    accrual, reversal = accrue_unbilled(period=march, actor=trade.actor, with_tax=True)

    assert net_by_role(accrual) == expected("O2C-9", "O2C-9t")
    assert net_by_role(reversal) == expected("O2C-9", "O2C-9t", mirror=True)


def discounted(trade, percent="5", *, reduces_tax=False):
    term = PaymentTerm.objects.create(
        company=trade.company, code="5-10", name="5 % in 10 days", discount_percent=Decimal(percent), discount_days=10, discount_reduces_tax=reduces_tax)
    PaymentTermShare.objects.create(company=trade.company, term=term, percent=100, days=30)
    return term.pk


def test_O2C_10(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service", tax=trade.no_tax), payment_term_id=discounted(trade))

    payment = trade.pay("950", cash=True, on=date(2026, 3, 20), allocations=[(trade.items(invoice)[0].pk, Decimal(950))])

    assert net_by_role(entry_of(payment)) == expected("O2C-10")
    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice), trade.open(payment)) == ("paid", 0, 0)


def test_O2C_10_a_day_late_leaves_the_rest_open(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service", tax=trade.no_tax), payment_term_id=discounted(trade))

    trade.pay("950", cash=True, on=date(2026, 3, 21), allocations=[(trade.items(invoice)[0].pk, Decimal(950))])

    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice)) == ("partial", 50)


def test_O2C_11(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service"), payment_term_id=discounted(trade, reduces_tax=True))

    payment = trade.pay("1045", cash=True, on=date(2026, 3, 20))

    assert net_by_role(entry_of(payment)) == expected("O2C-11")
    assert trade.open(invoice) == 0


def test_O2C_12():
    trade = Trade(payment_tolerance=Decimal("0.01"))
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    payment = trade.pay("109.99", cash=True)

    assert net_by_role(entry_of(payment)) == expected("O2C-12")
    assert trade.open(invoice) == 0


def test_O2C_13(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    invoice = write_off(invoice, actor=trade.actor, on=DAY)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Write-off")
    assert net_by_role(entry) == expected("O2C-13")
    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice)) == ("written_off", 0)


def test_O2C_13_before_relief_is_granted_the_loss_bears_the_tax(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    write_off(invoice, actor=trade.actor, on=DAY, tax_relief=False)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Write-off")
    assert net_by_role(entry) == {"BAD_DEBT": Decimal(110), "AR": Decimal(-110)}


def test_O2C_16(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("110", on_statement=True)

    payment = reverse_payment(payment, actor=trade.actor, on=DAY, fee=Decimal(3), reason="no funds")

    entry = JournalEntry.objects.get(reverses=payment.entry_id)
    assert net_by_role(entry) == expected("O2C-16")
    invoice.refresh_from_db()
    assert (payment.status, invoice.payment_status, trade.open(invoice), trade.open(payment)) == ("reversed", "unpaid", 110, 0)


def test_O2C_16_takes_back_the_discount_with_it(trade):
    invoice = trade.invoice(trade.line("1", "1000", kind="service"), payment_term_id=discounted(trade, reduces_tax=True))
    payment = trade.pay("1045", cash=True, on=date(2026, 3, 20))

    reverse_payment(payment, actor=trade.actor, on=date(2026, 3, 25))

    assert net_by_role(JournalEntry.objects.get(reverses=payment.entry_id)) == expected("O2C-11", mirror=True)
    invoice.refresh_from_db()
    assert (invoice.payment_status, trade.open(invoice)) == ("unpaid", 1100)


def test_O2C_16_after_the_statement_showed_it_takes_the_bank(trade):
    trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("110")
    line = enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(110), actor=trade.actor)
    match_statement_line(line, actor=trade.actor, payment_id=payment.pk)

    reverse_payment(payment, actor=trade.actor, on=DAY)

    assert net_by_role(JournalEntry.objects.get(reverses=payment.entry_id)) == {"AR": Decimal(110), "BANK": Decimal(-110)}


def test_O2C_20(trade):
    trade.draft(trade.line(), trade.line("1", "15", kind="charge", key="crm.orderline:2"))
    trade.ship()

    invoice = trade.invoice_shipment()

    assert net_by_role(entry_of(invoice)) == net_of(expected("O2C-20"), expected("O2C-3"))


def test_O2C_21(trade):
    lines = trade.line("5", "20", kind="service"), trade.line("1", "50", kind="service", tax=trade.tax_20)

    invoice = trade.invoice(*lines, document_discount=Decimal(15))

    assert net_by_role(entry_of(invoice)) == expected("O2C-21")
    assert [(t.base, t.amount) for t in invoice.taxes.order_by("rate")] == [(90, 9), (45, 9)]


def test_O2C_22(trade):
    invoice = trade.invoice(trade.line("1", "9.99", kind="service", tax=trade.tax_20), prices_include_tax=True)

    assert net_by_role(entry_of(invoice)) == expected("O2C-22")


def test_O2C_23(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service", tax=trade.no_tax))

    assert net_by_role(entry_of(invoice)) == expected("O2C-23")
    assert list(invoice.taxes.values_list("category", "base", "amount")) == [("Z", 100, 0)]


def test_O2C_24():
    trade, invoice = prepaid()

    (note,) = credit_order(company_id=trade.company.pk, order_key="crm.order:1", source_key="crm.order:1/credit", issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note)) == expected("O2C-24")
    assert (note.number, note.reason, trade.open(note), trade.open(invoice)) == ("CN-2026-00001", "cancellation", 0, 0)
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == (0, 0)
    again = credit_order(company_id=trade.company.pk, order_key="crm.order:1", source_key="crm.order:1/credit", issued_on=DAY, actor=trade.actor)
    assert again == [note]


def test_O2C_24_for_part_of_what_waits():
    trade, invoice = prepaid()
    trade.ship("2")

    (note,) = credit_order(
        company_id=trade.company.pk, order_key="crm.order:1", quantities={"crm.orderline:1": Decimal(3)}, issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note)) == {"DEFERRED_REVENUE": Decimal(60), "OUTPUT_TAX": Decimal(6), "AR": Decimal(-66)}
    with pytest.raises(Refusal) as refusal:
        credit_order(
            company_id=trade.company.pk, order_key="crm.order:1", quantities={"crm.orderline:1": Decimal(1)}, issued_on=DAY, actor=trade.actor)
    assert refusal.value.code == "dispatched_already"
    assert CustomerInvoice.objects.filter(kind="credit_note").count() == 1


def test_O2C_25(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()

    note, fresh = correct_invoice(invoice=invoice, lines=[trade.line()], issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note)) == expected("O2C-25")
    assert net_by_role(entry_of(fresh)) == expected("O2C-2", "O2C-3")
    assert [document.number for document in (invoice, note, fresh)] == ["INV-2026-00001", "CN-2026-00001", "INV-2026-00002"]
    assert (trade.open(invoice), trade.open(note), trade.open(fresh)) == (0, 0, 110)
    assert units("GSNI", "scm.shipment:1/1") == (0, 0)


def test_O2C_25_with_another_price_after_payment(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()
    trade.pay("110")

    note, fresh = correct_invoice(invoice=invoice, lines=[trade.line(price="18")], issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note), entry_of(fresh)) == {"AR": Decimal(-11), "REVENUE": Decimal(10), "OUTPUT_TAX": Decimal(1)}
    assert (trade.open(note), trade.open(fresh)) == (-11, 0)


def test_O2C_25_of_an_invoice_paid_in_advance_and_shipped():
    trade, invoice = prepaid()
    trade.ship()

    note, fresh = correct_invoice(invoice=invoice, lines=[trade.line()], issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note)) == {
        "REVENUE": Decimal(100), "OUTPUT_TAX": Decimal(10), "GSNI": Decimal(55), "AR": Decimal(-110), "COGS": Decimal(-55)}
    assert net_by_role(entry_of(note), entry_of(fresh)) == {}


def test_O2C_26(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    payment = trade.pay("120", on_statement=True)

    assert net_by_role(entry_of(payment)) == expected("O2C-26")
    assert (trade.open(invoice), trade.open(payment)) == (0, -10)
    later = trade.invoice(trade.line("1", "5", kind="service"))
    allocate_payment(payment, actor=trade.actor, on=DAY)
    assert (trade.open(later), trade.open(payment)) == (0, Decimal("-4.50"))


def test_O2C_26_repaid(trade):
    trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("120", on_statement=True)

    refund = trade.pay("10", kind="refund", on_statement=True)

    assert net_by_role(entry_of(refund)) == {"AR": Decimal(10), "BANK": Decimal(-10)}
    assert trade.open(payment) == trade.open(refund) == 0


def test_O2C_27(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("110", on_statement=True)
    other = make_customer(trade.company)

    transfer_payment(payment, actor=trade.actor, to_party_id=other.pk, on=DAY)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Transfer")
    by_party = {line.party_id: line.debit - line.credit for line in entry.lines.all()}
    assert by_party == {trade.customer.pk: 110, other.pk: -110}
    assert (sum(a for r, a in POSTINGS["O2C-27"] if a > 0), trade.open(invoice)) == (110, 110)
    assert credit_of(company_id=trade.company.pk, party_id=other.pk).exposure == -110


def test_O2C_28(trade):
    trade.cash.cash_rounding = Decimal("0.05")
    trade.cash.save()
    invoice = trade.invoice(trade.line("1", "109.98", kind="service", tax=trade.no_tax))

    payment = trade.pay("110", cash=True)

    assert net_by_role(entry_of(payment)) == expected("O2C-28")
    assert (trade.open(invoice), trade.open(payment)) == (0, 0)


def test_L2O_3_and_L2O_4(trade):
    advance = trade.pay("110", kind="advance", on_statement=True)
    assert net_by_role(entry_of(advance)) == expected("L2O-3")
    assert trade.open(advance) == -110
    invoice = trade.invoice(trade.line("5", "20", kind="service"))

    allocate_payment(advance, actor=trade.actor, on=DAY)

    entry = JournalEntry.objects.get(company=trade.company, description__startswith="Allocation")
    assert net_by_role(entry) == expected("L2O-4")
    assert trade.open(invoice) == trade.open(advance) == 0


def test_RMA_1_RMA_2_and_RMA_3(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()

    back = trade.take_back("2")
    note = credit_return(
        company_id=trade.company.pk, order_key="crm.order:1", shipment_key="scm.shipment:1", issued_on=DAY, actor=trade.actor,
        lines=[("crm.orderline:1", "scm.shipment:1/1", Decimal(2))],
    )

    assert net_by_role(back) == expected("RMA-1")
    assert net_by_role(entry_of(note)) == expected("RMA-2", "RMA-3")
    assert units("GSNI", "scm.shipment:1/1") == (0, 0)
    assert (trade.open(invoice), trade.open(note), note.reason) == (66, 0, "return")
    assert trade.take_back("2").pk == back.pk


def test_RMA_1_before_the_invoice_lowers_what_is_invoiced(trade):
    trade.draft()
    trade.ship()
    trade.take_back("2")

    invoice = trade.invoice_shipment("5")

    assert net_by_role(entry_of(invoice)) == {
        "AR": Decimal(66), "REVENUE": Decimal(-60), "OUTPUT_TAX": Decimal(-6), "COGS": Decimal(30), "GSNI": Decimal(-30)}


def test_CLS_1(trade):
    lines = [("REVENUE", -1000), ("COGS", 600), ("EXPENSE", 100), ("BANK", 300)]
    post_entry(
        company_id=trade.company.pk, journal_kind="general", ledger_date=DAY, description="", actor=trade.actor,
        lines=[EntryLine(role, amount=Decimal(amount)) for role, amount in lines],
    )
    year = FiscalYear.objects.get(company=trade.company, code="2026")
    opening = net_by_role(*JournalEntry.objects.filter(company=trade.company, description="", journal__code="GEN"))
    assert opening == {"REVENUE": -1000, "COGS": 600, "EXPENSE": 100, "BANK": 300}
    stock_gain = Decimal(1000)

    entry = close_year(year=year, actor=trade.actor)

    net = net_by_role(entry)
    net["RETAINED_EARNINGS"] += stock_gain
    net.pop("INVENTORY_ADJUSTMENT")
    assert net == expected("CLS-1")
    assert (entry.period.number, entry.period.is_closing, entry.ledger_date) == (13, True, date(2026, 12, 31))
    with pytest.raises(Refusal):
        close_year(year=year, actor=trade.actor)
    mirror = reopen_year(year=year, actor=trade.actor)
    assert net_by_role(entry, mirror) == {}
    assert net_by_role(close_year(year=year, actor=trade.actor)) == net_by_role(entry)


def net_of(*nets):
    sums = {}
    for net in nets:
        for role, amount in net.items():
            sums[role] = sums.get(role, Decimal(0)) + amount
    return {role: amount for role, amount in sums.items() if amount}
