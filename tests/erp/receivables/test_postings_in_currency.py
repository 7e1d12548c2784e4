"""Invoices and payments in foreign currency against the golden block of their id; what is settled is zero in both currencies."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.ledger.models import Journal, JournalEntry, JournalLine
from erp.receivables.models import CustomerInvoiceTax, OpenItem
from erp.receivables.rules import AllocationInput
from erp.receivables.services import allocate_payment, credit_invoice, reverse_payment, write_off
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.selectors import rate_on
from tests.erp.receivables.conftest import entry_of, must_be_in_order
from tests.factories.books import net_by_role
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)


@pytest.fixture
def foreign():
    made = ForeignTrade()
    rates(made.company, "EUR", {DAY: "1.10", LATER: "1.05"})
    yield made
    must_be_in_order(made)


def differences(trade) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(company=trade.company, journal__kind=Journal.Kind.EXCHANGE).order_by("pk"))


def since(trade, invoice) -> list[JournalEntry]:
    """What was posted after the invoice."""
    return list(JournalEntry.objects.filter(company=trade.company, pk__gt=invoice.entry_id))


def left(trade, *documents) -> list[tuple[Decimal, Decimal]]:
    """(company currency, document currency) open per document."""
    return [(sum(i.open_amount for i in trade.items(d)), sum(i.open_currency for i in trade.items(d))) for d in documents]


def test_FX_1(foreign):
    invoice = foreign.bill()

    assert net_by_role(entry_of(invoice)) == expected("FX-1")
    line = JournalLine.objects.get(entry=invoice.entry_id, account__code="1100")
    assert (line.debit, line.currency_id, line.amount_currency) == (110, "EUR", 100)
    assert (invoice.exchange_rate, left(foreign, invoice)) == (Decimal("1.10"), [(110, 100)])


def test_FX_2(foreign):
    invoice = foreign.bill()

    payment = foreign.receive_money("100", on=LATER)

    (difference,) = differences(foreign)
    assert net_by_role(entry_of(payment), difference) == expected("FX-2")
    assert difference.number.startswith("EXC-")
    assert set(difference.lines.filter(account__code="1100").values_list("currency", "amount_currency")) == {("EUR", 0)}
    invoice.refresh_from_db()
    assert (invoice.payment_status, left(foreign, invoice, payment)) == ("paid", [(0, 0), (0, 0)])


def test_FX_3(foreign):
    invoice = foreign.bill()

    payment = foreign.receive_money("40", on=LATER)

    assert net_by_role(entry_of(payment), *differences(foreign)) == expected("FX-3")
    invoice.refresh_from_db()
    assert (invoice.payment_status, left(foreign, invoice, payment)) == ("partial", [(66, 60), (0, 0)])


def test_FX_8(foreign):
    rates(foreign.company, "GBP", {LATER: "1.25"})
    invoice = foreign.bill()

    payment = foreign.receive_money(
        "90", code="GBP", on=LATER, allocations=[AllocationInput(foreign.items(invoice)[0].pk, Decimal(90), item_amount=Decimal(100))],
    )

    assert net_by_role(entry_of(payment), *differences(foreign)) == expected("FX-8")
    assert left(foreign, invoice, payment) == [(0, 0), (0, 0)]
    # What is on the receivable account is zero per currency, not only in total.
    by_currency = {}
    for line in JournalLine.objects.filter(company=foreign.company, account__code="1100"):
        by_currency[line.currency_id] = by_currency.get(line.currency_id, 0) + line.amount_currency
    assert by_currency == {"EUR": 0, "GBP": 0}


def test_FX_9(foreign):
    deposit = foreign.receive_money("50", on=DAY, kind="advance")
    rates(foreign.company, "EUR", {LATER: "1.20"})
    invoice = foreign.bill(on=LATER)
    before = set(JournalEntry.objects.values_list("pk", flat=True))

    allocate_payment(deposit, actor=foreign.actor, on=LATER)

    assert net_by_role(*JournalEntry.objects.exclude(pk__in=before)) == expected("FX-9")
    assert left(foreign, invoice, deposit) == [(60, 50), (0, 0)]


def test_the_tax_of_an_invoice_keeps_the_rate_of_the_invoice(foreign):
    deposit = foreign.receive_money("55", on=DAY, kind="advance")
    rates(foreign.company, "EUR", {LATER: "1.20"})
    foreign.invoice(foreign.line("1", "50", kind="service"), on=LATER, currency_id="EUR")
    before = set(JournalEntry.objects.values_list("pk", flat=True))

    allocate_payment(deposit, actor=foreign.actor, on=LATER)

    assert net_by_role(*JournalEntry.objects.exclude(pk__in=before)) == {
        "CUSTOMER_ADVANCES": Decimal("60.5"), "REVENUE": 5, "FX_REALIZED_LOSS": Decimal("0.5"), "AR": -66}


def test_a_payment_that_bounces_after_it_was_paid_back_leaves_no_difference(foreign):
    payment = foreign.receive_money("100", on=DAY, allocations=())
    refund = foreign.receive_money("100", on=LATER, kind="refund")
    assert net_by_role(*differences(foreign)) == {"AR": 5, "FX_REALIZED_GAIN": -5}

    reverse_payment(payment, actor=foreign.actor, on=LATER)
    assert left(foreign, refund) == [(105, 100)]
    reverse_payment(refund, actor=foreign.actor, on=LATER)

    assert net_by_role(*JournalEntry.objects.filter(company=foreign.company).exclude(journal__kind="stock")) == {}
    assert not OpenItem.objects.filter(company=foreign.company).exclude(open_amount=0, open_currency=0).exists()


def test_a_rise_is_a_gain(foreign):
    rates(foreign.company, "EUR", {LATER: "1.15"})
    invoice = foreign.bill()

    payment = foreign.receive_money("100", on=LATER)

    assert net_by_role(entry_of(payment), *differences(foreign)) == {"BANK": 115, "FX_REALIZED_GAIN": -5, "AR": -110}
    assert left(foreign, invoice, payment) == [(0, 0), (0, 0)]


def test_paid_in_company_currency(foreign):
    invoice = foreign.bill()

    payment = foreign.receive_money(
        "106", code="USD", on=LATER, allocations=[AllocationInput(foreign.items(invoice)[0].pk, Decimal(106), item_amount=Decimal(100))],
    )

    assert net_by_role(entry_of(payment), *differences(foreign)) == {"BANK": 106, "FX_REALIZED_LOSS": 4, "AR": -110}
    assert left(foreign, invoice, payment) == [(0, 0), (0, 0)]


def test_paid_in_company_currency_without_an_agreement_settles_what_the_day_makes_of_it(foreign):
    invoice = foreign.bill()
    entry = entry_of(invoice)

    payment = foreign.receive_money("42", code="USD", on=LATER, reference=entry.number)

    assert left(foreign, invoice, payment) == [(66, 60), (0, 0)]


def test_a_bounced_payment_takes_its_difference_back(foreign):
    invoice = foreign.bill()
    payment = foreign.receive_money("100", on=LATER)

    reverse_payment(payment, actor=foreign.actor, on=LATER)

    assert net_by_role(*since(foreign, invoice)) == {}
    invoice.refresh_from_db()
    assert (invoice.payment_status, left(foreign, invoice)) == ("unpaid", [(110, 100)])


def test_a_bounced_payment_in_another_currency_takes_its_conversion_back(foreign):
    invoice = foreign.bill()
    payment = foreign.receive_money(
        "106", code="USD", on=LATER, allocations=[AllocationInput(foreign.items(invoice)[0].pk, Decimal(106), item_amount=Decimal(100))],
    )

    reverse_payment(payment, actor=foreign.actor, on=LATER)

    assert net_by_role(*since(foreign, invoice)) == {}
    assert left(foreign, invoice) == [(110, 100)]


def test_an_invoice_of_many_lines_balances_in_both_currencies(foreign):
    rates(foreign.company, "EUR", {DAY: "1.23456789"})
    lines = [foreign.line("1", price, kind="service", tax=tax, key=f"k{n}") for n, (price, tax) in enumerate(
        (("0.07", foreign.tax), ("33.33", foreign.tax), ("66.67", foreign.tax_20), ("19.99", foreign.no_tax)))]

    invoice = foreign.invoice(*lines, currency_id="EUR")

    rows = JournalLine.objects.filter(entry=invoice.entry_id)
    assert sum(row.debit - row.credit for row in rows) == 0
    assert sum(row.amount_currency for row in rows) == 0
    assert rows.get(account__code="1100").amount_currency == invoice.gross
    assert rows.get(account__code="1100").debit == round(invoice.gross * Decimal("1.23456789"), 2)
    taxes = CustomerInvoiceTax.objects.filter(invoice=invoice)
    assert -sum(row.debit - row.credit for row in rows.filter(account__code="2300")) == sum(tax.books_amount for tax in taxes)
    assert sum(tax.books_base + tax.books_amount for tax in taxes) == rows.get(account__code="1100").debit


def test_a_credit_note_counts_at_the_rate_of_its_day(foreign):
    invoice = foreign.bill()

    note = credit_invoice(invoice, actor=foreign.actor, issued_on=LATER).credit_note

    assert net_by_role(entry_of(note)) == {"AR": -105, "REVENUE": 105}
    assert net_by_role(*differences(foreign)) == {"FX_REALIZED_LOSS": 5, "AR": -5}
    assert left(foreign, invoice, note) == [(0, 0), (0, 0)]


def test_goods_invoiced_in_advance_earn_in_company_currency(foreign):
    invoice = foreign.draft(issue_on=DAY, currency_id="EUR")
    rates(foreign.company, "EUR", {LATER: "1.05"})

    foreign.ship(on=LATER)

    assert net_by_role(entry_of(invoice)) == {"AR": 121, "DEFERRED_REVENUE": -110, "OUTPUT_TAX": -11}
    assert net_by_role(*JournalEntry.objects.filter(journal__kind="stock", ledger_date=LATER)) == {
        "INVENTORY": -50, "COGS": 50, "DEFERRED_REVENUE": 110, "REVENUE": -110}


def test_a_credit_note_for_goods_invoiced_in_advance_leaves_nothing_deferred(foreign):
    invoice = foreign.draft(issue_on=DAY, currency_id="EUR")

    note = credit_invoice(invoice, actor=foreign.actor, issued_on=LATER, reason="cancellation").credit_note

    assert net_by_role(entry_of(note)) == {
        "AR": Decimal("-115.5"), "DEFERRED_REVENUE": 110, "OUTPUT_TAX": Decimal("10.5"), "FX_REALIZED_GAIN": -5}
    assert left(foreign, invoice, note) == [(0, 0), (0, 0)]


def test_a_write_off_clears_both_currencies(foreign):
    invoice = foreign.bill()

    write_off(invoice, actor=foreign.actor, on=LATER, reason="gone")

    invoice.refresh_from_db()
    assert (invoice.payment_status, left(foreign, invoice)) == ("written_off", [(0, 0)])
    assert differences(foreign) == []


def test_a_yen_without_cents(foreign):
    rates(foreign.company, "JPY", {DAY: "0.00671234", LATER: "0.0069"})
    invoice = foreign.bill("12345", code="JPY")

    payment = foreign.receive_money("12345", code="JPY", on=LATER)

    assert invoice.gross == 12345
    assert left(foreign, invoice, payment) == [(0, 0), (0, 0)]


def test_one_won_left_is_worth_nothing_and_can_still_be_paid(foreign):
    rates(foreign.company, "KRW", {DAY: "0.00075", LATER: "0.0009"})
    invoice = foreign.bill("10000", code="KRW")

    foreign.receive_money("9999", code="KRW", on=LATER)
    assert left(foreign, invoice) == [(0, 1)]
    invoice.refresh_from_db()
    assert invoice.payment_status == "partial"

    foreign.receive_money("1", code="KRW", on=LATER)
    invoice.refresh_from_db()
    assert (invoice.payment_status, left(foreign, invoice)) == ("paid", [(0, 0)])


def test_many_partial_payments_leave_nothing(foreign):
    rates(foreign.company, "EUR", {DAY: "1.23457"})
    invoice = foreign.bill("100")

    for n in range(7):
        rates(foreign.company, "EUR", {LATER + timedelta(days=n): f"1.{17 + n}331"})
        foreign.receive_money("14.29" if n < 6 else "14.26", on=LATER + timedelta(days=n))

    assert left(foreign, invoice) == [(0, 0)]


def test_money_stays_foreign_on_an_account_of_its_currency(foreign):
    account = foreign.account("EUR", "1011")
    foreign.bill()

    foreign.receive_money("100", on=LATER, account=account)

    line = JournalLine.objects.get(account=account.account_id)
    assert (line.debit, line.currency_id, line.amount_currency) == (105, "EUR", 100)


def test_a_rate_missing_for_its_date_is_refused_and_changes_nothing(foreign):
    before = (JournalEntry.objects.count(), OpenItem.objects.count())

    with pytest.raises(Refusal) as refusal:
        foreign.bill(on=DAY - timedelta(days=1))

    assert (refusal.value.code, refusal.value.field) == ("rate_missing", "currency")
    assert "EUR" in str(refusal.value) and str(DAY - timedelta(days=1)) in str(refusal.value)
    assert (JournalEntry.objects.count(), OpenItem.objects.count()) == before


def test_money_for_an_account_in_a_third_currency_is_refused(foreign):
    rates(foreign.company, "GBP", {DAY: "1.25"})

    with pytest.raises(Refusal) as refusal:
        foreign.receive_money("100", on=LATER, account=foreign.account("GBP", "1012"))

    assert (refusal.value.code, refusal.value.field) == ("account_currency", "bank_account")


def test_more_than_an_item_has_open_in_its_currency_is_refused(foreign):
    invoice = foreign.bill()

    # 120 dollars are less than 110 and a half euros of it, and more than the invoice.
    with pytest.raises(Refusal) as refusal:
        foreign.receive_money("120", on=LATER, allocations=[(foreign.items(invoice)[0].pk, Decimal(120))])

    assert refusal.value.code == "over_allocation"
    assert left(foreign, invoice) == [(110, 100)]


def test_the_rate_of_the_company_currency_is_one(foreign):
    assert rate_on(company_id=foreign.company.pk, currency_id="USD", on=date(2020, 1, 1)) == 1
    assert rate_on(company_id=foreign.company.pk, currency_id="EUR", on=LATER + timedelta(days=90)) == Decimal("1.05")
