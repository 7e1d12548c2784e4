"""N5: a correction ends in the balances of what was entered right the first time; what was issued stays byte for byte."""

from decimal import Decimal

import pytest
from django.db import connection

from crm.orders.services import LineChange, amend_order
from erp.payables.models import SupplierBill
from erp.payables.services import credit_bill, post_bill, reverse_bill
from erp.receivables.models import CustomerInvoice
from erp.receivables.services.crediting import correct_invoice
from integration.outbox.sweep import drain
from tests.factories.journeys import SHIPPED_ON, Trade
from tests.factories.payables import Buying
from tests.factories.trade import DAY
from tests.factories.trade import Trade as Books

# What later steps of an issued document write: derived, and no part of what was issued.
DERIVED = ("payment_status", "version")


def bytes_of(table: str, *, where: str) -> list[str]:
    """Every row as PostgreSQL holds it, without the derived columns."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT (to_jsonb(t) - %s::text[])::text FROM {table} t WHERE {where} ORDER BY id", [list(DERIVED)])
        return [row[0] for row in cursor.fetchall()]


def issued(invoice: CustomerInvoice) -> list[list[str]]:
    return [
        bytes_of("erp_customerinvoice", where=f"id = {invoice.pk}"), bytes_of("erp_customerinvoiceline", where=f"invoice_id = {invoice.pk}"),
        bytes_of("erp_customerinvoicetax", where=f"invoice_id = {invoice.pk}"), bytes_of("erp_journalentry", where=f"id = {invoice.entry_id}"),
        bytes_of("erp_journalline", where=f"entry_id = {invoice.entry_id}"),
    ]


def balances(company) -> dict[str, Decimal]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.code, sum(l.debit - l.credit) FROM erp_journalline l JOIN erp_account a ON a.id = l.account_id"
            " WHERE l.company_id = %s AND l.ledger_date IS NOT NULL GROUP BY 1 HAVING sum(l.debit - l.credit) <> 0", [company.pk])
        return dict(cursor.fetchall())


def open_items(company) -> Decimal:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(open_amount), 0) FROM erp_openitem WHERE company_id = %s", [company.pk])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("wrong", "right"), [
    (("5", "20"), ("5", "18")), (("5", "20"), ("3", "20")), (("1", "0.10"), ("7", "33.33")), (("9", "9.99"), ("9", "9.98")),
])
def test_an_invoice_corrected_by_credit_note_and_reissue_ends_like_one_entered_right(wrong, right):
    mistaken, exact = Books(), Books(code="EXACT")
    invoice = mistaken.invoice(mistaken.line(*wrong, kind="service"))
    before = issued(invoice)

    note, again = correct_invoice(
        invoice=invoice, lines=[mistaken.line(*right, kind="service")], issued_on=DAY, actor=mistaken.actor)
    exact.invoice(exact.line(*right, kind="service"))

    assert issued(CustomerInvoice.objects.get(pk=invoice.pk)) == before
    assert balances(mistaken.company) == balances(exact.company)
    assert open_items(mistaken.company) == open_items(exact.company)
    assert note.number != again.number


def credited(buying: Buying, bill: SupplierBill) -> None:
    post_bill(credit_bill(bill, actor=buying.actor, supplier_reference="C-1").credit_note, actor=buying.actor)


def reversed_(buying: Buying, bill: SupplierBill) -> None:
    reverse_bill(bill, actor=buying.actor, reason="typed wrongly")


@pytest.mark.django_db
@pytest.mark.parametrize("correct", [credited, reversed_])
@pytest.mark.parametrize(("wrong", "right"), [("20", "18"), ("0.05", "999.99")])
def test_a_bill_taken_back_and_entered_again_ends_like_one_entered_right(correct, wrong, right):
    mistaken, exact = Buying(), Buying()
    bill = mistaken.bill(mistaken.line(wrong), reference="R-1")
    before = bytes_of("erp_journalentry", where=f"id = {bill.entry_id}") + bytes_of("erp_journalline", where=f"entry_id = {bill.entry_id}")

    correct(mistaken, bill)
    mistaken.bill(mistaken.line(right), reference="R-2")
    exact.bill(exact.line(right), reference="R-2")

    assert bytes_of("erp_journalentry", where=f"id = {bill.entry_id}") + bytes_of("erp_journalline", where=f"entry_id = {bill.entry_id}") == before
    assert balances(mistaken.company) == balances(exact.company)
    assert open_items(mistaken.company) == open_items(exact.company)


@pytest.mark.django_db
@pytest.mark.parametrize(("wrong", "right"), [(5, 8), (8, 5), (1, 40), (40, 1)])
def test_an_amended_order_ends_like_one_entered_right(wrong, right):
    mistaken, exact = Trade(), Trade(code="EXACT")
    order = mistaken.confirm((mistaken.product, wrong))
    amend_order(order, actor=mistaken.boss, changes=[LineChange(order.lines.get().pk, None, Decimal(right))], reason="Typed wrongly")
    drain()
    twin = exact.confirm((exact.product, right))
    for trade, sold in ((mistaken, order), (exact, twin)):
        trade.dispatch(sold)

    assert mistaken.ledger() == exact.ledger()
    assert balances(mistaken.company) == balances(exact.company)
    assert mistaken.statuses(order) == exact.statuses(twin)
    assert mistaken.invoices(order) == exact.invoices(twin)
    assert mistaken.stock(mistaken.product) == exact.stock(exact.product)
    assert SHIPPED_ON
