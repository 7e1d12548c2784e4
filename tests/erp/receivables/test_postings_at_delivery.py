"""Revenue at delivery: the golden blocks of an invoice for goods under way, of their arrival and of what comes back before it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.closing.services import accrue_unbilled
from erp.receivables.models import ClearingItem
from erp.receivables.services import DeliveredLine, correct_invoice, credit_order, credit_return, recognise_delivery
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from tests.erp.receivables.conftest import entry_of, must_be_in_order, net_of, prepaid, units
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
ARRIVED = DAY + timedelta(days=3)
DELIVERY = {"revenue_point": "delivery"}


@pytest.fixture
def trade():
    made = Trade(**DELIVERY)
    yield made
    must_be_in_order(made)


def arrive(trade, shipment="scm.shipment:1"):
    return recognise_delivery(
        company_id=trade.company.pk, shipment_key=shipment, shipment_number="SH-1", order_key="crm.order:1", delivered_on=ARRIVED, actor=trade.actor,
        lines=[DeliveredLine(f"{shipment}/1", "crm.orderline:1", trade.product.pk)],
    )


def come_back(trade, quantity="5", shipment="scm.shipment:1"):
    back = trade.take_back(quantity, shipment=shipment)
    return back, credit_return(
        company_id=trade.company.pk, order_key="crm.order:1", shipment_key=shipment, issued_on=DAY, actor=trade.actor,
        lines=[("crm.orderline:1", f"{shipment}/1", Decimal(quantity))],
    )


def test_O2C_6_for_goods_under_way_and_O2C_8_when_they_arrive(trade):
    trade.draft()
    assert net_by_role(trade.ship()) == expected("O2C-1")

    invoice = trade.invoice_shipment()

    assert net_by_role(entry_of(invoice)) == expected("O2C-6")
    assert units("GSNI", "scm.shipment:1/1") == (5, 50)
    entry = arrive(trade)
    assert net_by_role(entry) == {
        "COGS": Decimal(50), "GSNI": Decimal(-50), "DEFERRED_REVENUE": Decimal(100), "REVENUE": Decimal(-100)}
    assert entry.ledger_date == ARRIVED
    assert units("GSNI", "scm.shipment:1/1") == units("DEFERRED_REVENUE", invoice.lines.get().key) == (0, 0)
    assert arrive(trade) == entry


def test_O2C_7_and_O2C_8_of_an_order_paid_in_advance():
    trade, _invoice = prepaid(**DELIVERY)

    assert net_by_role(trade.ship()) == expected("O2C-7")
    assert trade.invoice_shipment() is None
    assert net_by_role(arrive(trade)) == expected("O2C-8")
    must_be_in_order(trade)


def test_O2C_8p():
    trade, invoice = prepaid(**DELIVERY)
    trade.ship("2")
    trade.ship("3", shipment="scm.shipment:2")

    assert net_by_role(arrive(trade)) == expected("O2C-8p")
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == (3, -60)
    assert net_by_role(arrive(trade, "scm.shipment:2")) == {
        "COGS": Decimal(33), "DEFERRED_REVENUE": Decimal(60), "GSNI": Decimal(-33), "REVENUE": Decimal(-60)}
    must_be_in_order(trade)


def test_the_second_parcel_that_arrives_first_earns_its_own_invoice(trade):
    trade.draft()
    trade.ship("2")
    first = trade.invoice_shipment("2")
    trade.ship("3", shipment="scm.shipment:2")
    second = trade.invoice_shipment("3", shipment="scm.shipment:2")

    arrive(trade, "scm.shipment:2")

    assert units("DEFERRED_REVENUE", first.lines.get().key) == (2, -40)
    assert units("DEFERRED_REVENUE", second.lines.get().key) == (0, 0)
    assert net_by_role(arrive(trade))["REVENUE"] == -40


def test_with_cost_at_shipment_only_the_revenue_legs_remain():
    trade = Trade(cogs_policy="at_shipment", **DELIVERY)
    trade.draft()
    assert net_by_role(trade.ship()) == expected("O2C-1s")
    assert net_by_role(entry_of(trade.invoice_shipment())) == expected("O2C-6")
    assert net_by_role(arrive(trade)) == {"DEFERRED_REVENUE": Decimal(100), "REVENUE": Decimal(-100)}
    must_be_in_order(trade)


def test_RMA_1_and_O2C_24_of_goods_that_come_back_before_they_arrived(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()

    back, note = come_back(trade)

    assert net_by_role(back) == expected("O2C-1", mirror=True)
    assert net_by_role(entry_of(note)) == expected("O2C-24")
    assert (note.reason, trade.open(invoice), trade.open(note)) == ("return", 0, 0)
    assert arrive(trade) is None


def test_a_parcel_of_an_order_paid_in_advance_comes_back_while_another_arrived(trade):
    invoice = trade.draft(issue_on=DAY)
    trade.ship("2")
    trade.ship("3", shipment="scm.shipment:2")
    arrive(trade)

    _back, note = come_back(trade, "3", "scm.shipment:2")

    assert net_by_role(entry_of(note)) == {"DEFERRED_REVENUE": Decimal(60), "OUTPUT_TAX": Decimal(6), "AR": Decimal(-66)}
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == units("GSNI", "scm.shipment:2/1") == (0, 0)


def test_RMA_1_RMA_2_and_RMA_3_after_the_goods_arrived(trade):
    trade.draft()
    trade.ship()
    trade.invoice_shipment()
    arrive(trade)

    back, note = come_back(trade, "2")

    assert net_by_role(back) == expected("RMA-1")
    assert net_by_role(entry_of(note)) == expected("RMA-2", "RMA-3")


def test_O2C_24_credits_what_did_not_leave_and_refuses_what_is_under_way():
    trade, invoice = prepaid(**DELIVERY)
    trade.ship("2")

    with pytest.raises(Refusal) as refusal:
        credit_order(company_id=trade.company.pk, order_key="crm.order:1", quantities={"crm.orderline:1": Decimal(4)}, issued_on=DAY, actor=trade.actor)
    assert refusal.value.code == "dispatched_already"
    (note,) = credit_order(company_id=trade.company.pk, order_key="crm.order:1", issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note)) == {"DEFERRED_REVENUE": Decimal(60), "OUTPUT_TAX": Decimal(6), "AR": Decimal(-66)}
    assert net_by_role(arrive(trade)) == expected("O2C-8p")
    assert units("DEFERRED_REVENUE", invoice.lines.get().key) == (0, 0)
    must_be_in_order(trade)


def test_O2C_25_of_goods_under_way_waits_again(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()

    note, fresh = correct_invoice(invoice=invoice, lines=[trade.line(price="18")], issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(note)) == expected("O2C-24")
    assert net_by_role(entry_of(fresh)) == {"AR": Decimal(99), "DEFERRED_REVENUE": Decimal(-90), "OUTPUT_TAX": Decimal(-9)}
    assert net_by_role(arrive(trade))["REVENUE"] == -90


def test_O2C_9_counts_nothing_that_is_under_way(trade):
    trade.draft()
    trade.ship("2")
    march = Period.objects.get(company=trade.company, year__code="2026", number=3)

    assert accrue_unbilled(period=march, actor=trade.actor) is None


def test_a_company_that_goes_back_to_dispatch_still_earns_what_was_under_way(trade):
    trade.draft()
    trade.ship()
    trade.invoice_shipment()
    trade.company.revenue_point = "dispatch"
    trade.company.save()

    assert net_by_role(arrive(trade))["REVENUE"] == -100
    assert not ClearingItem.objects.filter(entry__ledger_date__gt=date(2026, 12, 31)).exists()
    assert net_of(expected("O2C-1"), expected("O2C-6")).keys() >= {"GSNI", "DEFERRED_REVENUE"}
