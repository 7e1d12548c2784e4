"""Two at once: paid, credited, invoiced and shipped exactly once each, whoever comes first."""

from decimal import Decimal

import pytest

from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from erp.receivables.models import ClearingItem, CustomerInvoice
from erp.receivables.services import allocate_payment, check_credit, credit_invoice, post_invoice
from suite.kernel.documents.errors import BusinessError
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.usefixtures("alone")


def sound(trade) -> None:
    for name, check in {**LEDGER, **RECEIVABLES}.items():
        assert check(trade.company.pk) == [], name


def test_payments_and_a_credit_note_never_take_more_than_is_open(race):
    trade = Trade()
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    item = trade.items(invoice)[0].pk
    payments = [trade.pay("60", allocations=()) for _ in range(4)]

    outcomes = race(
        lambda: credit_invoice(invoice, actor=trade.actor, issued_on=DAY),
        *[lambda p=p: allocate_payment(p, actor=trade.actor, allocations=[(item, Decimal(60))], on=DAY) for p in payments],
    )

    assert all(outcome.error is None or isinstance(outcome.error, BusinessError) for outcome in outcomes), outcomes
    assert 0 <= trade.open(invoice) <= 110
    sound(trade)


def test_a_dispatch_beside_its_invoice_leaves_nothing_on_the_clearing_accounts(race):
    trade = Trade()
    draft = trade.draft()

    outcomes = race(lambda: post_invoice(draft, actor=trade.actor, issued_on=DAY), trade.ship)

    assert [outcome.error for outcome in outcomes] == [None, None]
    for role in ("GSNI", "DEFERRED_REVENUE"):
        rows = ClearingItem.objects.filter(company=trade.company, role=role).values_list("quantity", "amount")
        assert (sum(q for q, _a in rows), sum(a for _q, a in rows)) == (0, 0), role
    sound(trade)


def test_the_same_shipment_is_issued_and_invoiced_once(race):
    trade = Trade()
    trade.draft()

    issued = race(trade.ship, times=4)
    invoiced = race(trade.invoice_shipment, times=4)

    assert {outcome.error for outcome in (*issued, *invoiced)} == {None}
    assert len({outcome.value.pk for outcome in issued}) == len({outcome.value.pk for outcome in invoiced}) == 1
    assert CustomerInvoice.objects.filter(company=trade.company).count() == 1
    sound(trade)


def test_orders_share_a_credit_limit(race):
    trade = Trade()
    trade.customer.credit_limit = Decimal(250)
    trade.customer.save()

    outcomes = race(*[
        lambda n=n: check_credit(
            company_id=trade.company.pk, party_id=trade.customer.pk, source_key=f"crm.order:{n}", amount=Decimal(100), actor=trade.actor)
        for n in range(6)
    ])

    assert sorted(outcome.value.is_within for outcome in outcomes) == [False] * 4 + [True] * 2


def test_numbers_stay_gapless_under_rivals(race):
    trade = Trade()

    outcomes = race(lambda: trade.invoice(trade.line("1", "20", kind="service")), times=8)

    assert sorted(outcome.value.number for outcome in outcomes) == [f"INV-2026-{n:05d}" for n in range(1, 9)]
    sound(trade)
