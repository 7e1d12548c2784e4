"""Each posting of order to cash out of the real services, against the golden block of its id."""

from datetime import date
from decimal import Decimal

import pytest

from erp.banking.services import enter_statement_line, match_statement_line
from erp.closing.services import accrue_unbilled
from erp.ledger.models import JournalEntry
from erp.receivables.models import CustomerInvoice
from erp.receivables.services import (
    correct_invoice,
    credit_order,
)
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from tests.erp.receivables.conftest import entry_of, net_of, prepaid, units
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


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
