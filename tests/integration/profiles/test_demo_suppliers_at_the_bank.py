"""The demo company paid a bill in dollars from its euros, and has lines of suppliers to match."""

import pytest

from erp.banking.matching.facts import facts_for
from erp.banking.matching.scoring import proposals_for
from erp.banking.models import StatementLine
from erp.payables.models import SupplierBill
from integration.profiles.demo.abroad import tell_suppliers_at_the_bank
from integration.profiles.demo.house import find_house
from integration.profiles.demo.loading import load_demo
from integration.profiles.demo.plan import make_plan
from integration.profiles.demo.story import Story
from integration.profiles.session import moving_in


@pytest.mark.django_db(transaction=True)
def test_a_bill_in_dollars_is_paid_and_another_waits():
    load_demo(orders=30, seed=7, say=lambda line: None)
    bills = dict(SupplierBill.objects.filter(currency="USD").values_list("supplier_reference", "payment_status"))
    assert bills == {"PC20260418": "paid", "PC20260431": "unpaid"}
    waiting = StatementLine.objects.select_related("bank_account").get(external_id="demo/PC20260431")
    best = proposals_for(waiting, facts_for(waiting.company_id, [waiting], narrow=True))[0]
    assert (best.parts[0].side, best.score >= 80) == ("supplier", True)

    lines = StatementLine.objects.count()
    with moving_in():
        tell_suppliers_at_the_bank(Story(make_plan(seed=7, orders=30, today=waiting.booked_on), find_house()))
    assert StatementLine.objects.count() == lines
