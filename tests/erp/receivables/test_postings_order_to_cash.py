"""Each posting of order to cash out of the real services, against the golden block of its id."""

from datetime import date
from decimal import Decimal

import pytest

from erp.banking.services import enter_statement_line, match_statement_line
from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.ledger.models import JournalEntry
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.receivables.models import ClearingItem, CustomerInvoice
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

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
