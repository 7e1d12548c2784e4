"""What receivables refuse, each with its reason, and without changing anything."""

from datetime import date
from decimal import Decimal

import pytest

from erp.ledger.models import JournalEntry
from erp.receivables.models import Allocation, CreditCommitment, CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.selectors import credit_of
from erp.receivables.services import (
    allocate_payment,
    check_credit,
    correct_invoice,
    credit_invoice,
    draft_invoice,
    draft_payment,
    post_invoice,
    post_payment,
    reduce_commitment,
    release_commitment,
    reverse_payment,
    set_commitment,
    transfer_payment,
    void_invoice,
)
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.factories.base import make_customer
from tests.factories.trade import DAY, Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def trade():
    return Trade()


def counts():
    return [model.objects.count() for model in (JournalEntry, OpenItem, Allocation, CustomerInvoice, CustomerPayment)]


@pytest.mark.parametrize(("dates", "code"), [
    ({"issued_on": date(2026, 2, 10)}, "period_open"),
    ({"issued_on": date(2031, 2, 10)}, "period_exists"),
    ({"issued_on": DAY, "tax_date": date(2026, 3, 11)}, "wrong_tax_date"),
    ({"issued_on": DAY, "tax_date": date(2026, 2, 10)}, "wrong_tax_date"),
])
def test_an_invoice_of_a_wrong_date_stays_a_draft(trade, dates, code):
    Period.objects.filter(company=trade.company, year__code="2026", number=2).update(status="closed")
    draft = trade.draft()
    before = counts()

    with pytest.raises(Refusal) as refusal:
        post_invoice(draft, actor=trade.actor, **dates)

    assert refusal.value.code == code
    assert counts() == before
    assert CustomerInvoice.objects.get().status == "draft"


def test_a_tax_code_out_of_its_time_is_refused(trade):
    trade.tax.valid_until = date(2026, 2, 28)
    trade.tax.save()

    with pytest.raises(Refusal) as refusal:
        trade.invoice(trade.line("1", "20", kind="service"))

    assert (refusal.value.code, refusal.value.field) == ("wrong_tax_date", "tax_date")


def test_a_total_below_zero_asks_for_a_credit_note(trade):
    with pytest.raises(Refusal) as refusal:
        trade.invoice(trade.line("1", "20", kind="service"), document_discount=Decimal(21))

    assert "credit note" in refusal.value.hint
    assert CustomerInvoice.objects.count() == 0


@pytest.mark.parametrize("amount", ["110.01", "0", "-5"])
def test_more_than_an_item_has_open_is_not_allocated(trade, amount):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    payment = trade.pay("200", allocations=())
    before = counts()

    with pytest.raises(Refusal) as refusal:
        allocate_payment(payment, actor=trade.actor, allocations=[(trade.items(invoice)[0].pk, Decimal(amount))])

    assert refusal.value.code == "over_allocation"
    assert counts() == before
    assert trade.open(invoice) == 110


def test_more_than_a_payment_has_is_not_allocated(trade):
    one, two = (trade.invoice(trade.line("5", "20", kind="service")) for _ in range(2))

    with pytest.raises(Refusal) as refusal:
        trade.pay("150", allocations=[(trade.items(one)[0].pk, Decimal(110)), (trade.items(two)[0].pk, Decimal(41))])

    assert refusal.value.code == "over_allocation"
    assert trade.open(one) == trade.open(two) == 110


def test_an_item_of_another_customer_is_not_settled(trade):
    other = trade.invoice(trade.line("5", "20", kind="service"), customer_id=make_customer(trade.company).pk)

    with pytest.raises(Refusal) as refusal:
        trade.pay("110", allocations=[(trade.items(other)[0].pk, Decimal(110))])

    assert refusal.value.code == "foreign_item"
    assert trade.open(other) == 110


def test_the_same_item_twice_is_not_settled_twice(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    item = trade.items(invoice)[0].pk

    with pytest.raises(Refusal):
        trade.pay("220", allocations=[(item, Decimal(110)), (item, Decimal(110))])

    assert trade.open(invoice) == 110


def test_a_payment_of_nothing_is_refused(trade):
    with pytest.raises(Refusal):
        trade.payment("0")

    assert CustomerPayment.objects.count() == 0


def test_a_payment_bounces_once_and_not_before_it_was_made(trade):
    payment = trade.pay("110")
    with pytest.raises(Refusal):
        reverse_payment(payment, actor=trade.actor, on=date(2026, 3, 9))

    reverse_payment(payment, actor=trade.actor, on=DAY)

    with pytest.raises(TransitionNotAllowed):
        reverse_payment(payment, actor=trade.actor, on=DAY)


def test_a_payment_is_not_moved_to_another_company(trade):
    stranger = make_customer(Trade().company)
    payment = trade.pay("110")

    with pytest.raises(Refusal):
        transfer_payment(payment, actor=trade.actor, to_party_id=stranger.pk)

    assert trade.open(payment) == -110


def test_an_invoice_is_not_credited_twice_nor_above_its_lines(trade):
    invoice = trade.invoice(trade.line("5", "20", kind="service"))
    line = invoice.lines.get()
    with pytest.raises(Refusal) as refusal:
        credit_invoice(invoice, actor=trade.actor, quantities={line.pk: Decimal(6)})
    assert refusal.value.code == "credit_too_much"

    credit_invoice(invoice, actor=trade.actor, quantities={line.pk: Decimal(2)})
    credit_invoice(invoice, actor=trade.actor)

    with pytest.raises(Refusal) as refusal:
        credit_invoice(invoice, actor=trade.actor)
    assert refusal.value.code == "credited_already"
    assert sorted(CustomerInvoice.objects.filter(kind="credit_note").values_list("gross", flat=True)) == [44, 66]
    assert trade.open(invoice) == 0


def test_credit_notes_in_thirds_add_up_to_the_cent(trade):
    invoice = trade.invoice(trade.line("3", "3.33", kind="service", discount="0.05"))
    line = invoice.lines.get()
    assert (invoice.net, invoice.tax, invoice.gross) == (Decimal("9.49"), Decimal("0.95"), Decimal("10.44"))

    for _ in range(3):
        credit_invoice(invoice, actor=trade.actor, quantities={line.pk: Decimal(1)})

    notes = CustomerInvoice.objects.filter(kind="credit_note")
    assert (sum(note.net for note in notes), sum(note.tax for note in notes)) == (invoice.net, invoice.tax)
    assert trade.open(invoice) == 0


def test_a_void_draft_leaves_no_gap_and_the_order_may_be_drafted_again(trade):
    draft = trade.draft()
    void_invoice(draft, actor=trade.actor)

    invoice = trade.draft(issue_on=DAY)

    assert (invoice.number, CustomerInvoice.objects.filter(status="void").count()) == ("INV-2026-00001", 1)
    with pytest.raises(TransitionNotAllowed):
        void_invoice(invoice, actor=trade.actor)


def test_telling_the_draft_twice_changes_nothing_and_no_lines_void_it(trade):
    first = trade.draft()
    again = trade.draft()
    assert (again.pk, again.lines.count(), again.gross) == (first.pk, 1, 110)

    more = trade.draft(trade.line("7"))
    assert (more.pk, more.gross) == (first.pk, 154)

    from erp.receivables.services import set_order_draft
    assert set_order_draft(
        company_id=trade.company.pk, order_key="crm.order:1", order_number="SO-00001", customer_id=trade.customer.pk, lines=[], currency_id="EUR",
        payment_term_id=None, prices_include_tax=False, tax_rounding="per_tax_group", source_key="crm.order:1", actor=trade.actor,
    ) is None
    assert CustomerInvoice.objects.get().status == "void"


def test_partial_shipments_share_the_draft_and_charges_go_first(trade):
    trade.draft(trade.line(), trade.line("1", "15", kind="charge", key="crm.orderline:2"))
    trade.ship("2", shipment="scm.shipment:1")
    one = trade.invoice_shipment("2", shipment="scm.shipment:1")
    trade.ship("3", shipment="scm.shipment:2")
    two = trade.invoice_shipment("3", shipment="scm.shipment:2")

    assert [(i.number, i.net, i.source_key) for i in (one, two)] == [
        ("INV-2026-00001", 55, "scm.shipment:1"), ("INV-2026-00002", 60, "scm.shipment:2")]
    assert trade.invoice_shipment("3", shipment="scm.shipment:2").pk == two.pk
    assert CustomerInvoice.objects.count() == 2


def test_instalments_fall_due_one_after_the_other(trade):
    term = PaymentTerm.objects.create(company=trade.company, code="3x", name="three parts")
    for position, days in enumerate((30, 60, 90), 1):
        PaymentTermShare.objects.create(company=trade.company, term=term, position=position, percent=Decimal("33.33"), days=days)

    invoice = trade.invoice(trade.line("1", "100", kind="service", tax=trade.no_tax), payment_term_id=term.pk)

    expected = [(date(2026, 4, 9), Decimal("33.34")), (date(2026, 5, 9), Decimal("33.33")), (date(2026, 6, 8), Decimal("33.33"))]
    assert [(item.due_on, item.amount) for item in trade.items(invoice)] == expected
    assert list(invoice.instalments.values_list("due_on", "amount")) == expected
    trade.pay("50")
    assert [item.open_amount for item in trade.items(invoice)] == [0, Decimal("16.67"), Decimal("33.33")]


def test_credit_counts_what_is_open_promised_and_paid_in_advance(trade):
    trade.customer.credit_limit = Decimal(200)
    trade.customer.save()

    def ask(key, amount, **more):
        return check_credit(company_id=trade.company.pk, party_id=trade.customer.pk, source_key=key, amount=Decimal(amount), actor=trade.actor, **more)

    assert ask("crm.order:1", "150").is_within
    refused = ask("crm.order:2", "60")
    assert (refused.is_within, refused.exposure, refused.limit) == (False, 210, 200)
    assert "210" in refused.message
    assert CreditCommitment.objects.count() == 1
    assert ask("crm.order:1", "200").is_within

    trade.draft(issue_on=DAY)
    assert CreditCommitment.objects.get().amount == 90
    trade.pay("50", kind="advance")
    assert credit_of(company_id=trade.company.pk, party_id=trade.customer.pk).exposure == 150
    assert ask("crm.order:2", "60", is_decided=True).exposure == 210
    set_commitment(company_id=trade.company.pk, party_id=trade.customer.pk, source_key="crm.order:2", amount=Decimal(10), actor=trade.actor)
    reduce_commitment(company_id=trade.company.pk, source_key="crm.order:1", amount=Decimal(80), actor=trade.actor)
    assert credit_of(company_id=trade.company.pk, party_id=trade.customer.pk).exposure == 80
    release_commitment(company_id=trade.company.pk, source_key="crm.order:1", actor=trade.actor)
    assert credit_of(company_id=trade.company.pk, party_id=trade.customer.pk).exposure == 70


def test_the_same_payment_of_a_provider_is_recorded_once(trade):
    made = [
        draft_payment(
            company_id=trade.company.pk, customer_id=trade.customer.pk, bank_account_id=trade.bank.pk, amount=Decimal(5), paid_on=DAY,
            currency_id="EUR", actor=trade.actor, method="card", provider_id="pi_1",
        )
        for _ in range(2)
    ]

    assert made[0].pk == made[1].pk


def test_goods_shipped_free_of_cost_and_charge_post_without_amounts(trade):
    product = trade.product
    product.pk, product.sku, product.name = None, "FREE", "Sample"
    product.save()
    trade.receive(5, "0", product)
    trade.product = product
    trade.draft(trade.line("5", "0"))
    trade.ship("5")

    invoice = trade.invoice_shipment("5")

    assert (invoice.number, invoice.gross, invoice.payment_status) == ("INV-2026-00001", 0, "paid")


def test_an_invoice_in_another_currency_without_a_rate_is_refused(trade):
    from suite.kernel.money.models import Currency
    Currency.objects.create(code="USD", name="Dollar", symbol="$")

    with pytest.raises(Refusal) as refusal:
        trade.invoice(trade.line("1", "20", kind="service"), currency_id="USD")

    assert refusal.value.code == "rate_missing"


def test_goodwill_is_a_discount_and_leaves_the_cost(trade):
    trade.draft()
    trade.ship()
    invoice = trade.invoice_shipment()

    done = credit_invoice(invoice, actor=trade.actor, reason="goodwill", quantities={invoice.lines.get().pk: Decimal(1)}, issued_on=DAY)

    from tests.factories.books import net_by_role
    assert net_by_role(done.credit_note.entry) == {"SALES_DISCOUNT": Decimal(20), "OUTPUT_TAX": Decimal(2), "AR": Decimal(-22)}
    assert trade.open(invoice) == 88


def test_a_correction_needs_an_issued_invoice(trade):
    draft = draft_invoice(
        company_id=trade.company.pk, customer_id=trade.customer.pk, lines=[trade.line("1", "20", kind="service")], currency_id="EUR", actor=trade.actor)

    with pytest.raises(TransitionNotAllowed):
        correct_invoice(invoice=draft, lines=[trade.line()], actor=trade.actor)


def test_posting_a_payment_twice_posts_it_once(trade):
    payment = trade.payment("110")
    first = post_payment(payment, actor=trade.actor, key="k1")
    second = post_payment(payment, actor=trade.actor, key="k1")

    assert first.pk == second.pk
    assert JournalEntry.objects.filter(journal__code="BNK").count() == 1
