"""What the database keeps of customers' payments, whoever writes."""

import pytest
from django.db import IntegrityError, transaction

from erp.receivables.models import CustomerPayment
from erp.receivables.services import reverse_payment
from suite.kernel.documents.work import unit_of_work
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db


def test_a_payment_bounces_by_its_mirrored_entry_only():
    trade = Trade(stock=())
    payment = trade.pay("50")

    for status, said in (("reversed", "reversing entry"), ("draft", "never changes")):
        with pytest.raises(IntegrityError, match=said), transaction.atomic(), unit_of_work(trade.actor):
            CustomerPayment.objects.filter(pk=payment.pk).update(status=status)


def test_a_bounced_payment_stays_bounced():
    trade = Trade(stock=())
    payment = reverse_payment(trade.pay("50"), actor=trade.actor, on=DAY)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), unit_of_work(trade.actor):
        CustomerPayment.objects.filter(pk=payment.pk).update(status="posted")
