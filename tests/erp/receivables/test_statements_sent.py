"""How often the hot paths speak to the database; more than this and the bench falls below its bar."""

import pytest

from tests.factories.trade import DAY, Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
SAVEPOINTS = 2


@pytest.fixture
def trade():
    made = Trade()
    # Warm: content types, event ids and permissions are read once per process.
    made.draft(made.line(key="crm.orderline:warm"), order="crm.order:warm", issue_on=DAY)
    return made


def test_an_order_invoiced_at_once_takes_eight(trade, django_assert_num_queries):
    lines = [trade.line("1", key=f"crm.orderline:{number}") for number in range(5)]

    with django_assert_num_queries(8 + SAVEPOINTS):
        invoice = trade.draft(*lines, issue_on=DAY)

    assert (invoice.number, invoice.version, invoice.gross, invoice.lines.count()) == ("INV-2026-00002", 1, 110, 5)


def test_a_goods_issue_takes_eight(trade, django_assert_num_queries):
    with django_assert_num_queries(8 + SAVEPOINTS):
        trade.ship()
