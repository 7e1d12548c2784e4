"""O2C-30: goods that never arrive, through all suites."""

from datetime import date
from decimal import Decimal

import pytest

from crm.orders.models import Order
from erp.carrierclaims.models import CarrierClaim
from erp.carrierclaims.services import drop_carrier_claim, post_carrier_claim, reverse_carrier_claim
from erp.ledger.models import JournalEntry
from erp.receivables.models import CustomerInvoice, OpenItem
from integration.outbox.models import Event
from integration.outbox.sweep import drain
from integration.trace.selectors import trace_of
from scm.shipping.models import Shipment
from scm.shipping.services import book_shipment, dispatch_shipment, lose_shipment
from suite.kernel.calendars.models import Period
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from tests.factories.base import make_product
from tests.factories.books import net_by_role
from tests.factories.journeys import SHIPPED_ON, Trade
from tests.factories.shipping import make_carrier
from tests.golden.postings import expected

LOST_ON = date(2026, 3, 20)


def ship(trade, order, **values) -> Shipment:
    shipment = trade.open_shipment(order)
    book_shipment(shipment, actor=trade.boss, carrier_id=make_carrier(trade.company, f"C{shipment.pk}").pk, weight_kg=Decimal(1))
    gone = dispatch_shipment(trade.open_shipment(order), actor=trade.boss, dispatched_on=SHIPPED_ON, **values)
    drain()
    return gone


def lose(trade, shipment, **values) -> Shipment:
    lost = lose_shipment(shipment, actor=trade.boss, **{"lost_on": LOST_ON, "reason": "Van burnt"} | values)
    drain()
    return lost


def loss_entry(shipment) -> JournalEntry:
    return JournalEntry.objects.get(source_key=f"{shipment.key}/lost")


@pytest.fixture
def manual(transactional_db):
    """A company whose clerk invoices."""
    made = Trade(invoice_policy=Company.InvoicePolicy.MANUAL)
    yield made
    made.must_be_healthy()


def test_O2C_30_not_invoiced(manual):
    shipment = ship(manual, manual.confirm())

    lost = lose(manual, shipment)

    assert (lost.status, net_by_role(loss_entry(shipment))) == ("lost", expected("O2C-30"))
    assert manual.ledger() == {"INVENTORY": -50, "SCRAP_LOSS": 50}


def test_O2C_30_invoiced_is_credited_first_O2C_25(trade):
    shipment = ship(trade, trade.confirm())

    lose(trade, shipment)

    note = CustomerInvoice.objects.get(kind="credit_note")
    assert (net_by_role(note.entry), note.issued_on, note.reason) == (expected("O2C-25"), LOST_ON, "correction")
    assert net_by_role(loss_entry(shipment)) == expected("O2C-30")
    assert trade.ledger() == {"INVENTORY": -50, "SCRAP_LOSS": 50}


def test_the_order_is_open_again_and_its_goods_travel_once_more(trade):
    order = trade.confirm()
    shipment = ship(trade, order)
    assert trade.statuses(order)[0] == "completed"

    lose(trade, shipment)

    assert trade.statuses(order) == ("confirmed", "nothing", "none")
    assert [status for status, _quantities in trade.shipments(order)] == ["lost", "planned"]
    assert trade.reserved(order) == {"consumed": Decimal(5), "firm": Decimal(5)}
    ship(trade, order)
    assert trade.statuses(order) == ("completed", "full", "full")
    assert trade.invoices(order)[-1] == ("invoice", "posted", Decimal(110))
    assert trade.ledger() == {"AR": 110, "REVENUE": -100, "OUTPUT_TAX": -10, "COGS": 50, "SCRAP_LOSS": 50, "INVENTORY": -100}


def test_or_the_order_is_closed_short_by_choice(trade):
    order = trade.confirm()

    lose(trade, ship(trade, order), is_sent_again=False)

    assert trade.statuses(order)[0] == "closed_short"
    assert [status for status, _quantities in trade.shipments(order)] == ["lost"]
    assert trade.ledger() == {"INVENTORY": -50, "SCRAP_LOSS": 50} and trade.committed() == 0


def test_giving_up_what_was_lost_leaves_the_other_lines_as_they_are(trade):
    other = make_product(trade.company)
    trade.receive(other, 10)
    drain()
    trade._before = set(JournalEntry.objects.values_list("pk", flat=True))
    order = trade.confirm((trade.product, 5), (other, 4))
    first = trade.dispatch(order, {trade.product: 5})

    lose(trade, first, is_sent_again=False)

    order = trade.fresh(order)
    assert (order.status, order.revision, [line.quantity for line in order.lines.order_by("position")]) == ("confirmed", 1, [0, 4])
    ship(trade, order)
    assert trade.statuses(order)[1:] == ("full", "full")
    assert trade.ledger()["AR"] == 88


def test_only_the_shipment_that_was_lost_is_credited(trade):
    order = trade.confirm()
    first = trade.dispatch(order, {trade.product: 2})
    second = ship(trade, order)

    lose(trade, second)

    note = CustomerInvoice.objects.get(kind="credit_note")
    assert (note.net, net_by_role(loss_entry(second))) == (60, {"SCRAP_LOSS": 30, "GSNI": -30})
    assert Shipment.objects.get(pk=first.pk).status == "dispatched"
    assert [(status, quantities) for status, quantities in trade.shipments(order)] == [
        ("dispatched", [Decimal(2)]), ("lost", [Decimal(3)]), ("planned", [Decimal(3)])]


def test_an_order_paid_in_advance_is_credited_and_invoiced_again(prepaid):
    order = prepaid.confirm()

    lose(prepaid, ship(prepaid, order))

    assert prepaid.invoices(order) == [("invoice", "posted", Decimal(110)), ("credit_note", "posted", Decimal(110)), ("invoice", "posted", Decimal(110))]
    assert CustomerInvoice.objects.filter(order_key=order.key).order_by("pk").last().issued_on == LOST_ON
    assert prepaid.ledger() == {"AR": 110, "OUTPUT_TAX": -10, "DEFERRED_REVENUE": -100, "INVENTORY": -50, "SCRAP_LOSS": 50}


def test_with_cost_at_shipment_the_cost_of_sales_becomes_the_loss(transactional_db):
    trade = Trade(cogs_policy=Company.CogsPolicy.AT_SHIPMENT)
    shipment = ship(trade, trade.confirm())

    lose(trade, shipment)

    assert net_by_role(loss_entry(shipment)) == {"SCRAP_LOSS": 50, "COGS": -50}
    trade.must_be_healthy()


class TestClaim:
    def test_is_drafted_with_the_loss_and_posted_as_agreed(self, trade):
        shipment = ship(trade, trade.confirm())
        lose(trade, shipment)
        draft = CarrierClaim.objects.get()
        assert (draft.status, draft.carrier_id, draft.loss, draft.amount, draft.tracking_number) == (
            "draft", shipment.carrier.party_id, 50, 50, shipment.tracking_number)
        CarrierClaim.objects.update(amount=Decimal(40))

        claim = post_carrier_claim(draft, actor=trade.boss)

        assert net_by_role(claim.entry) == {"AR": 40, "SCRAP_LOSS": -40}
        item = OpenItem.objects.get(kind="claim")
        assert (item.party_id, item.open_amount, item.due_on) == (claim.carrier_id, 40, claim.due_on)

    def test_taken_back_its_item_is_settled(self, trade):
        lose(trade, ship(trade, trade.confirm()))
        claim = reverse_carrier_claim(post_carrier_claim(CarrierClaim.objects.get(), actor=trade.boss), actor=trade.boss, reason="Refused")
        assert claim.status == "reversed" and all(item.open_amount == 0 for item in OpenItem.objects.filter(kind="claim"))

    def test_dropped_it_is_posted_no_more(self, trade):
        lose(trade, ship(trade, trade.confirm()))
        claim = drop_carrier_claim(CarrierClaim.objects.get(), actor=trade.boss, reason="Too small")
        with pytest.raises(TransitionNotAllowed):
            post_carrier_claim(claim, actor=trade.boss)


class TestRefused:
    def test_twice(self, trade):
        lost = lose(trade, ship(trade, trade.confirm()))
        with pytest.raises(TransitionNotAllowed):
            lose(trade, lost)
        assert CustomerInvoice.objects.filter(kind="credit_note").count() == 1

    @pytest.mark.parametrize("lost_on", [date(2026, 3, 1), date(2099, 1, 1)])
    def test_a_day_before_dispatch_or_to_come(self, trade, lost_on):
        shipment = ship(trade, trade.confirm())
        with pytest.raises(Refusal) as refusal:
            lose(trade, shipment, lost_on=lost_on)
        assert refusal.value.field == "lost_on" and Shipment.objects.get(pk=shipment.pk).status == "dispatched"

    def test_a_closed_period(self, trade):
        shipment = ship(trade, trade.confirm())
        Period.objects.filter(company=trade.company, starts_on=date(2026, 3, 1)).update(status="closed")
        with pytest.raises(Refusal) as refusal:
            lose(trade, shipment)
        assert refusal.value.code == "period_open"
        assert (Shipment.objects.get(pk=shipment.pk).status, CarrierClaim.objects.count()) == ("dispatched", 0)
        Period.objects.filter(company=trade.company).update(status="open")


def test_the_page_shows_first_what_a_loss_books(trade):
    shipment = ship(trade, trade.confirm())

    shown = preview(shipment, "lose", actor=trade.boss, lost_on=LOST_ON)

    assert sum(debit for name, debit, _credit in shown.ledger if "Scrap" in name) == 50
    assert Shipment.objects.get(pk=shipment.pk).status == "dispatched" and CustomerInvoice.objects.filter(kind="credit_note").count() == 0


def test_the_trace_leads_from_the_loss_to_everything_it_caused(trade):
    order = trade.confirm()
    lose(trade, ship(trade, order))

    assert Event.objects.filter(type="scm.shipment.lost").count() == 1
    assert Event.objects.filter(type="crm.order.reopened", aggregate_id=order.pk).count() == 1
    assert Order.objects.get(pk=order.pk).status == "confirmed"
    assert "lost" in str(trace_of(order.key, user=trade.boss)).lower()
