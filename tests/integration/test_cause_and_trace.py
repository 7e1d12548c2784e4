"""From an order, everything that followed: each document, each row of stock, each line of the ledger, with its cause."""

import time
from decimal import Decimal

import pytest

from erp.banking.models import BankAccount
from erp.ledger.models import JournalEntry, JournalLine
from erp.receivables.models import CustomerInvoice
from erp.receivables.services import draft_payment, post_payment
from integration.outbox.models import Delivery, Event
from integration.trace.selectors import orphans, trace_of
from tests.factories.base import make_company, make_product, make_user
from tests.factories.journeys import SHIPPED_ON, Trade

AT_MOST_SECONDS = 0.2


@pytest.fixture
def story(transactional_db):
    """An order of two waves, invoiced, paid: (the company, the order)."""
    trade = Trade()
    other = make_product(trade.company)
    trade.receive(other, 50)
    trade.retry()
    trade._before = set(JournalEntry.objects.filter(company=trade.company).values_list("pk", flat=True))
    order = trade.confirm((trade.product, 5), (other, 4))
    trade.dispatch(order, {trade.product: 2, other: 4})
    trade.dispatch(order)
    for invoice in CustomerInvoice.objects.filter(order_key=order.key, status="posted"):
        payment = draft_payment(
            company_id=trade.company.pk, customer_id=trade.customer.pk, amount=invoice.gross, paid_on=SHIPPED_ON,
            currency_id=trade.company.currency_id, bank_account_id=BankAccount.objects.get(company=trade.company, code="BANK").pk,
            actor=trade.boss, reference=invoice.number,
        )
        post_payment(payment, actor=trade.boss)
    trade.retry()
    return trade, order


def test_the_trace_reaches_every_document_and_every_ledger_line_of_the_order(story):
    trade, order = story
    trace = trace_of(order.key, user=trade.boss)
    kinds = {node.kind for node in trace.nodes.values()}
    assert {"crm.order", "erp.reservation", "scm.shipment", "erp.customerinvoice", "erp.journalentry", "erp.stockmove", "erp.openitem"} <= kinds
    of_order = JournalEntry.objects.filter(company=trade.company, payment__isnull=True).exclude(pk__in=trade._before)
    wanted = set(JournalLine.objects.filter(entry__in=of_order).values_list("entry_id", "account_id", "debit", "credit"))
    assert {(line["entry"], line["account_id"], line["debit"], line["credit"]) for line in trace.ledger} >= wanted
    assert len(wanted) >= 12
    assert sum(line["debit"] - line["credit"] for line in trace.ledger) == 0
    assert (trace.is_complete, trace.is_settled) == (True, True)


def test_every_node_is_reached_from_the_order(story):
    trade, order = story
    trace = trace_of(order.key, user=trade.boss)
    reached, fresh = {order.key}, {order.key}
    while fresh:
        fresh = {edge.target for edge in trace.edges if edge.source in fresh} - reached
        reached |= fresh
    assert reached == set(trace.nodes)


def test_edges_say_how_long_it_took_and_nodes_what_it_was_worth(story):
    trade, order = story
    trace = trace_of(order.key, user=trade.boss)
    assert all(edge.milliseconds is None or edge.milliseconds >= 0 for edge in trace.edges)
    invoices = [node.amount for node in trace.nodes.values() if node.kind == "erp.customerinvoice"]
    assert sum(invoices, Decimal(0)) == Decimal("198.00")
    reserved = [node.quantity for node in trace.nodes.values() if node.kind == "erp.reservation"]
    assert len(reserved) >= 2


def test_the_trace_of_an_order_takes_less_than_200_ms(story):
    trade, order = story
    trace_of(order.key, user=trade.boss)
    took = []
    for _ in range(5):
        began = time.perf_counter()
        trace_of(order.key, user=trade.boss)
        took.append(time.perf_counter() - began)
    assert sorted(took)[2] < AT_MOST_SECONDS


def test_no_row_is_an_orphan_and_every_event_was_delivered(story):
    trade, _order = story
    assert orphans(trade.company.pk) == {}
    assert orphans() == {}
    assert Delivery.objects.filter(event__company=trade.company).exclude(status=Delivery.Status.DONE).count() == 0
    assert Event.objects.filter(company=trade.company, type="crm.order.confirmed").count() == 1


def test_another_company_finds_nothing(story):
    _trade, order = story
    stranger = make_user(make_company(), "administrator")
    with pytest.raises(LookupError):
        trace_of(order.key, user=stranger)
