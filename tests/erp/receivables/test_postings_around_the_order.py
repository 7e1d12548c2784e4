"""Postings before the invoice, after the sale and at year end (L2O, RMA, CLS), against the golden block of their id."""

from datetime import date
from decimal import Decimal

import pytest

from erp.closing.services import close_year, reopen_year
from erp.ledger.models import JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.receivables.services import (
    allocate_payment,
    credit_return,
)
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.documents.errors import Refusal
from tests.erp.receivables.conftest import entry_of, units
from tests.factories.books import net_by_role
from tests.factories.trade import DAY
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


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
