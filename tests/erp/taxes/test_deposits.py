"""Deposits and taxed advances: L2O-1, L2O-2, L2O-5, their refunds, and the chain that leaves advances and tax at zero."""

from decimal import Decimal

import pytest

from erp.einvoicing.services import e_invoice
from erp.receivables.models import AdvanceTax, CustomerInvoice
from erp.receivables.printouts import print_invoice
from erp.receivables.services import (
    OrderedTax,
    allocate_payment,
    apply_deposits,
    credit_invoice,
    draft_deposit,
    pay_back_advance,
    post_invoice,
    reverse_payment,
)
from suite.kernel.documents.errors import Refusal
from tests.erp.taxes.conftest import net_of
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import chains, expected

pytestmark = pytest.mark.django_db


def deposit(trade: Trade, *, percent=None, amount="55", order="crm.order:1", whole="110", post=True) -> CustomerInvoice:
    """A deposit invoice on an order of 100 and 10 %."""
    made = draft_deposit(
        company_id=trade.company.pk, order_key=order, order_number="SO-00001", customer_id=trade.customer.pk, currency_id="EUR", actor=trade.actor,
        ordered=[OrderedTax(trade.tax.pk, trade.tax.rate, Decimal(whole))], percent=percent and Decimal(percent),
        amount=None if percent else Decimal(amount),
    )
    return post_invoice(made, actor=trade.actor, issued_on=DAY) if post else made


def test_l2o_5_paid_and_l2o_2_on_the_final_invoice(trading, watch):
    trade = trading()
    log = watch(trade.company)
    asked = deposit(trade)
    assert net_by_role(*log.new()) == expected("L2O-5")
    trade.pay("55")
    log.new()
    asked.refresh_from_db()
    assert asked.payment_status == "paid"
    trade.ship()
    log.new()
    final = trade.invoice_shipment() or trade.draft(issue_on=DAY)
    booked = log.new()
    assert net_by_role(booked[-1]) == expected("L2O-2")
    final.refresh_from_db()
    assert (final.payment_status, trade.open(final)) == ("partial", 55)
    trade.pay("55")
    assert trade.open(final) == 0


def test_the_chain_of_deposits_leaves_advances_and_tax_at_zero(trading, watch):
    (roles, ids), = [chain for chain in chains() if "L2O-1" in chain[1]]
    trade = trading()
    log = watch(trade.company)
    trade.company.advance_tax = trade.tax
    trade.company.save(update_fields=["advance_tax"])
    payment = trade.pay("55", kind="advance", cash=True)
    invoice = trade.invoice(trade.line("1", "50", kind="service"))
    posted = [entry for entry in log.new() if entry.pk != invoice.entry_id]
    allocate_payment(payment, actor=trade.actor)
    posted += log.new()
    asked = deposit(trade)
    posted += log.new()
    trade.pay("55")
    trade.draft(trade.line("5", "20", kind="service"), issue_on=DAY)
    posted += [entry for entry in log.new() if "Deposit" in entry.description and entry.pk != asked.entry_id]
    net = net_by_role(*posted)
    assert {role: net.get(role, Decimal(0)) for role in roles} == dict.fromkeys(roles, Decimal(0))
    assert net == expected(*ids)


def test_l2o_1_and_its_bounce(trading, watch):
    trade = trading()
    trade.company.advance_tax = trade.tax
    trade.company.save(update_fields=["advance_tax"])
    log = watch(trade.company)
    payment = trade.pay("55", kind="advance", cash=True)
    assert net_by_role(*log.new()) == expected("L2O-1")
    reverse_payment(payment, actor=trade.actor)
    assert net_by_role(*log.new()) == expected("L2O-1", mirror=True)
    assert sum(row.amount for row in AdvanceTax.objects.all()) == 0


def test_l2o_2_of_an_advance_in_two_parts(trading, watch):
    trade = trading()
    trade.company.advance_tax = trade.tax
    trade.company.save(update_fields=["advance_tax"])
    payment = trade.pay("55", kind="advance", cash=True)
    log = watch(trade.company)
    trade.invoice(trade.line("1", "20.01", kind="service"))
    payment = allocate_payment(payment, actor=trade.actor)
    trade.invoice(trade.line("1", "100", kind="service"))
    payment = allocate_payment(payment, actor=trade.actor)
    applied = [entry for entry in log.new() if "Allocation" in entry.description]
    assert net_by_role(*applied) == expected("L2O-2")
    assert sum(row.amount for row in AdvanceTax.objects.all()) == 0


def test_refunds_mirror_l2o_1_and_l2o_3(trading, watch):
    trade = trading()
    log = watch(trade.company)
    plain = trade.pay("110", kind="advance", cash=True)
    assert net_by_role(*log.new()) == expected("L2O-3")
    pay_back_advance(plain, actor=trade.actor)
    assert net_by_role(*log.new()) == expected("L2O-3", mirror=True)
    trade.company.advance_tax = trade.tax
    trade.company.save(update_fields=["advance_tax"])
    taxed = trade.pay("55", kind="advance", cash=True)
    log.new()
    done = pay_back_advance(taxed, actor=trade.actor)
    assert net_by_role(*log.new()) == expected("L2O-1", mirror=True)
    with pytest.raises(Refusal):
        pay_back_advance(taxed, actor=trade.actor)
    with pytest.raises(Refusal):
        reverse_payment(taxed, actor=trade.actor)
    reverse_payment(done.refund, actor=trade.actor)
    assert net_by_role(*log.new()) == expected("L2O-1")
    assert sum(row.amount for row in AdvanceTax.objects.all()) == 5


def test_a_deposit_is_credited_and_its_credit_note_mirrors_l2o_5(trading, watch):
    trade = trading()
    asked = deposit(trade)
    log = watch(trade.company)
    credit_invoice(asked, actor=trade.actor, reason="correction")
    assert net_by_role(*log.new()) == expected("L2O-5", mirror=True)
    assert trade.open(asked) == 0
    deposit(trade, amount="110")  # all of the order may be asked for again


def test_an_unpaid_deposit_is_not_applied_and_a_used_one_not_credited(trading, watch):
    trade = trading()
    asked = deposit(trade)
    final = trade.draft(trade.line("5", "20", kind="service"), issue_on=DAY)
    assert trade.open(final) == 110
    with pytest.raises(Refusal) as refused:
        apply_deposits(final, actor=trade.actor)
    assert refused.value.code == "no_deposit"
    trade.pay("55", allocations=[(item.pk, Decimal(55)) for item in trade.items(asked) if item.amount > 0])
    log = watch(trade.company)
    apply_deposits(final, actor=trade.actor)
    assert net_by_role(*log.new()) == expected("L2O-2")
    with pytest.raises(Refusal) as refused:
        credit_invoice(asked, actor=trade.actor, reason="correction")
    assert refused.value.code == "deposit_used"


def test_where_tax_falls_due_on_payment_an_unpaid_deposit_waits(trading, watch):
    trade = trading(tax_point="payment")
    log = watch(trade.company)
    deposit(trade)
    assert net_by_role(*log.new()) == {"AR": Decimal(55), "CUSTOMER_ADVANCES": Decimal(-50), "OUTPUT_TAX_TRANSITION": Decimal(-5)}
    trade.pay("55")
    assert net_by_role(log.new()[-1]) == expected("TAX-3")
    trade.draft(trade.line("5", "20", kind="service"), issue_on=DAY)
    assert net_of(net_by_role(*log.new())) == {
        "AR": Decimal(55), "REVENUE": Decimal(-100), "CUSTOMER_ADVANCES": Decimal(50), "OUTPUT_TAX_TRANSITION": Decimal(-5),
    }
    trade.pay("55")
    assert net_by_role(log.new()[-1]) == expected("TAX-3")


@pytest.mark.parametrize(("kwargs", "field", "code"), [
    ({"amount": "110.01"}, "amount", "deposit_above_order"), ({"percent": "101"}, "percent", "deposit_above_order"),
    ({"amount": "0"}, "amount", "deposit_not_positive"), ({"percent": "-5"}, "percent", "deposit_not_positive"),
])
def test_what_cannot_be_asked_for(trading, kwargs, field, code):
    trade = trading()
    with pytest.raises(Refusal) as refused:
        deposit(trade, **kwargs)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not CustomerInvoice.objects.exists()


def test_thirty_percent_of_two_taxes_in_proportion(trading):
    trade = trading()
    made = draft_deposit(
        company_id=trade.company.pk, order_key="crm.order:1", order_number="SO-1", customer_id=trade.customer.pk, currency_id="EUR",
        actor=trade.actor, percent=Decimal(30),
        ordered=[OrderedTax(trade.tax.pk, trade.tax.rate, Decimal(110)), OrderedTax(trade.tax_20.pk, trade.tax_20.rate, Decimal("59.99"))],
    )
    assert made.gross == Decimal("51.00")
    assert sorted(tax.base + tax.amount for tax in made.taxes.all()) == [Decimal("18.00"), Decimal("33.00")]


def test_a_deposit_invoice_says_what_it_is_on_paper_and_as_a_file(trading):
    made = deposit(trading())

    assert b"<cbc:InvoiceTypeCode>386</cbc:InvoiceTypeCode>" in e_invoice(made, "ubl").content
    assert "386" in str(e_invoice(made, "cii").content)
    assert print_invoice(made).filename.endswith(".pdf")
