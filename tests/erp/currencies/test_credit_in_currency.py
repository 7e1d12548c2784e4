"""A credit limit is company currency; what counts against it in foreign currency counts at the day's rate."""

from decimal import Decimal

import pytest

from erp.receivables.models import CreditCommitment
from erp.receivables.selectors import credit_of
from erp.receivables.services import check_credit
from suite.kernel.documents.errors import Refusal
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY

pytestmark = pytest.mark.django_db


def test_an_order_in_euros_counts_in_dollars():
    trade = ForeignTrade(stock=())
    rates(trade.company, "EUR", {DAY: "1.10"})
    trade.customer.credit_limit = Decimal(105)
    trade.customer.save()
    asked = {"company_id": trade.company.pk, "party_id": trade.customer.pk}

    answer = check_credit(**asked, source_key="crm.order:1", amount=Decimal(100), currency_id="EUR", on=DAY, actor=trade.actor)
    assert (answer.is_within, answer.exposure) == (False, 110)
    assert check_credit(**asked, source_key="crm.order:1", amount=Decimal(90), currency_id="EUR", on=DAY, actor=trade.actor).is_within
    assert CreditCommitment.objects.get(company=trade.company).amount == 99
    assert credit_of(**asked, with_amount=Decimal(10), currency_id="EUR").exposure == 110

    with pytest.raises(Refusal) as refusal:
        check_credit(**asked, source_key="crm.order:2", amount=Decimal(1), currency_id="JPY", actor=trade.actor)
    assert refusal.value.code == "rate_missing"
