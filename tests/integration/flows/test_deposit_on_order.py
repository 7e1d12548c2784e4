"""A deposit asked for on an order: its invoice, its limits at the field, its use on the final invoice."""

from decimal import Decimal

import pytest

from crm.orders.services import ask_for_deposit
from erp.banking.models import BankAccount
from erp.receivables.models import CustomerInvoice
from erp.receivables.services import draft_payment, post_payment
from suite.kernel.documents.errors import Refusal
from tests.factories.journeys import SHIPPED_ON, Trade


@pytest.mark.django_db(transaction=True)
def test_a_deposit_is_asked_for_paid_and_used_on_the_final_invoice():
    trade = Trade()
    order = trade.confirm()
    ask_for_deposit(order, actor=trade.boss, percent=Decimal(50), issued_on=SHIPPED_ON)
    deposit = CustomerInvoice.objects.get(company=trade.company, kind="deposit")
    assert (deposit.gross, deposit.status, deposit.order_key) == (Decimal(55), "posted", order.key)
    for kwargs, field in (({"percent": Decimal(51)}, "percent"), ({"amount": Decimal("55.01")}, "amount"), ({}, "amount")):
        with pytest.raises(Refusal) as refused:
            ask_for_deposit(trade.fresh(order), actor=trade.boss, **kwargs)
        assert refused.value.field == field
    assert CustomerInvoice.objects.filter(company=trade.company, kind="deposit").count() == 1
    payment = draft_payment(
        company_id=trade.company.pk, customer_id=trade.customer.pk, bank_account_id=_bank(trade), amount=Decimal(55), paid_on=SHIPPED_ON,
        currency_id="EUR", actor=trade.boss,
    )
    post_payment(payment, actor=trade.boss)
    trade.dispatch(order)
    final = CustomerInvoice.objects.get(company=trade.company, kind="invoice", status="posted")
    assert (final.gross, final.payment_status) == (Decimal(110), "partial")
    assert final.lines.get().tax_reason.startswith("Tax 10 %: tax of the product")


def _bank(trade: Trade) -> int:
    return BankAccount.objects.get(company=trade.company, code="BANK").pk
