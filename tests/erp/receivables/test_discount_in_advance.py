"""A document discount on an invoice in advance waits with the revenue it reduces, and goes with it to the cent."""

from decimal import Decimal

import pytest

from erp.receivables.services import correct_invoice, credit_order, credit_return
from tests.erp.receivables.conftest import entry_of, must_be_in_order, units
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["dispatch", "delivery"])
def trade(request):
    made = Trade(revenue_point=request.param)
    yield made
    must_be_in_order(made)


def paid_in_advance(trade, discount="10", *, freight=False):
    """7 x 19.99 = 139.93, less a discount that does not divide by seven."""
    lines = [trade.line("7", "19.99"), trade.line("-1", discount, kind="discount")]
    if freight:
        lines.insert(1, trade.line("1", "10.07", kind="charge", key="crm.orderline:2"))
    return trade.draft(*lines, issue_on=DAY)


def test_the_discount_waits_with_the_goods(trade):
    invoice = paid_in_advance(trade)

    assert net_by_role(entry_of(invoice)) == {"AR": Decimal("142.92"), "DEFERRED_REVENUE": Decimal("-129.93"), "OUTPUT_TAX": Decimal("-12.99")}


def test_partial_dispatches_earn_the_invoice_to_the_cent():
    trade = Trade()
    invoice = paid_in_advance(trade)

    entries = [trade.ship(quantity, shipment=f"scm.shipment:{number}") for number, quantity in enumerate("1321", 1)]

    earned = [-net_by_role(entry)["REVENUE"] for entry in entries]
    assert earned == [Decimal("18.56"), Decimal("55.69"), Decimal("37.12"), Decimal("18.56")]
    assert sum(earned) == invoice.net == Decimal("129.93")
    assert units("DEFERRED_REVENUE", invoice.lines.order_by("position").first().key) == (0, 0)
    must_be_in_order(trade)


def test_the_part_of_a_charge_is_earned_at_once_and_freight_stays_whole(trade):
    invoice = paid_in_advance(trade, "15", freight=True)

    # 15.00 over 139.93 and 10.07: 13.99 and 1.01.
    assert net_by_role(entry_of(invoice)) == {
        "AR": Decimal("148.50"), "DEFERRED_REVENUE": Decimal("-125.94"), "REVENUE": Decimal("1.01"), "FREIGHT_REVENUE": Decimal("-10.07"),
        "OUTPUT_TAX": Decimal("-13.50"),
    }


def test_cancelling_credits_no_more_than_was_invoiced(trade):
    invoice = paid_in_advance(trade)

    (note,) = credit_order(company_id=trade.company.pk, order_key="crm.order:1", issued_on=DAY, actor=trade.actor)

    assert (note.net, note.gross) == (invoice.net, invoice.gross)
    assert net_by_role(entry_of(invoice), entry_of(note)) == {}
    assert trade.open(invoice) == trade.open(note) == 0


def test_cancelling_the_rest_after_a_dispatch_leaves_what_was_earned():
    trade = Trade()
    invoice = paid_in_advance(trade)
    trade.ship("3")
    parts = []
    for quantity in (Decimal(1), Decimal(3)):
        parts += credit_order(
            company_id=trade.company.pk, order_key="crm.order:1", quantities={"crm.orderline:1": quantity}, issued_on=DAY, actor=trade.actor)

    assert [note.net for note in parts] == [Decimal("18.56"), Decimal("55.68")]
    assert units("DEFERRED_REVENUE", invoice.lines.order_by("position").first().key) == (0, 0)
    must_be_in_order(trade)


def test_correcting_and_returning_know_the_discount():
    trade = Trade()
    invoice = paid_in_advance(trade)
    shipped = trade.ship("7")
    trade.take_back("7")
    note = credit_return(
        company_id=trade.company.pk, order_key="crm.order:1", shipment_key="scm.shipment:1", issued_on=DAY, actor=trade.actor,
        lines=[("crm.orderline:1", "scm.shipment:1/1", Decimal(7))],
    )

    assert net_by_role(entry_of(note))["SALES_RETURNS"] == invoice.net == -net_by_role(shipped)["REVENUE"]
    assert note.gross == invoice.gross
    must_be_in_order(trade)


def test_a_correction_mirrors_what_waits(trade):
    invoice = paid_in_advance(trade)

    note, fresh = correct_invoice(invoice=invoice, lines=[trade.line("7", "19.99")], issued_on=DAY, actor=trade.actor)

    assert net_by_role(entry_of(invoice), entry_of(note)) == {}
    assert net_by_role(entry_of(fresh))["DEFERRED_REVENUE"] == Decimal("-139.93")
