"""Attacks on amounts in foreign currency with raw SQL in the application's own database role. Each is refused, and nothing has changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.currencies.invariants import check_currencies
from erp.currencies.services import revalue
from erp.receivables.models import Allocation, OpenItem
from tests.factories.currencies import ForeignTrade, rates
from tests.factories.trade import DAY
from tests.hostile.test_books import as_application_later, snapshot  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LATER = DAY + timedelta(days=10)

ENTRY = """
    WITH e AS (INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, description)
               SELECT {company}, 'draft', 1, now(), id, '2026-03-20', 'attack' FROM erp_journal WHERE company_id = {company} AND code = 'GEN'
               RETURNING id)
    SELECT id FROM e"""
ITEM = """
    INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount, currency_id,
                              amount_currency, open_currency, is_taxed_on_payment, withheld)
    SELECT {company}, account_id, party_id, %(entry)s, '%(kind)s', 'attack', issued_on, due_on, %(amount)s, %(amount)s, '%(currency)s',
           %(foreign)s, %(foreign)s, false, 0 FROM erp_openitem WHERE id = {item}"""
LINE = """
    INSERT INTO erp_journalline (company_id, entry_id, position, account_id, party_id, debit, credit, currency_id, amount_currency, description)
    SELECT {company}, %(entry)s, %(position)s, %(account)s, {party}, %(debit)s, %(credit)s, %(currency)s, %(foreign)s, ''"""


@pytest.fixture
def books(as_application_later):  # noqa: F811
    trade = ForeignTrade()
    rates(trade.company, "EUR", {DAY: "1.10", LATER: "1.05"})
    rates(trade.company, "GBP", {DAY: "1.25"})
    trade.open_invoice = trade.bill()
    trade.pounds = trade.bill("80", code="GBP")
    trade.paid_invoice = trade.bill("50")
    trade.receive_money("50", on=LATER, allocations=[(trade.items(trade.paid_invoice)[0].pk, Decimal(50))])
    trade.credit = trade.receive_money("30", on=LATER, allocations=())
    revalue(company_id=trade.company.pk, on=LATER + timedelta(days=11), actor=trade.actor)
    as_application_later()
    return trade


ATTACKS = {
    "an item's currency": "UPDATE erp_openitem SET currency_id = 'GBP' WHERE id = {item}",
    "an item's amount in currency": "UPDATE erp_openitem SET amount_currency = 1 WHERE id = {item}",
    "a settled item left open in the books": "UPDATE erp_openitem SET open_amount = 5 WHERE id = {settled}",
    "pounds against euros": """
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, amount_currency, allocated_on, created_at)
        VALUES ({company}, {pounds}, {credit}, 10, 10, '2026-03-21', now())""",
    "all euros for half the dollars": """
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, amount_currency, allocated_on, created_at)
        VALUES ({company}, {item}, {credit}, 1, 30, '2026-03-21', now())""",
    "more euros than are left": """
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, amount_currency, allocated_on, created_at)
        VALUES ({company}, {item}, {credit}, 31.5, 31, '2026-03-21', now())""",
    "an allocation that gives dollars and takes euros": """
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, amount_currency, allocated_on, created_at)
        VALUES ({company}, {item}, {credit}, 1, -1, '2026-03-21', now())""",
    "undone in one currency alone": """
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, amount_currency, allocated_on, created_at, undoes_id)
        SELECT company_id, debit_item_id, credit_item_id, -amount, 0, '2026-03-21', now(), id FROM erp_allocation WHERE id = {allocation}""",
    "a rate of nothing": "UPDATE kernel_exchangerate SET rate = 0",
    "a rate twice": "INSERT INTO kernel_exchangerate (company_id, currency_id, valid_from, rate) VALUES ({company}, 'EUR', '2026-03-10', 2)",
    "a posted revaluation": "UPDATE erp_revaluation SET loss = 0",
    "its line": "DELETE FROM erp_revaluationline",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused(books, attack):
    before = snapshot()
    items = {item.document_key: item.pk for item in OpenItem.objects.filter(company=books.company).order_by("-pk")}
    names = {
        "company": books.company.pk, "item": items[books.open_invoice.key], "settled": items[books.paid_invoice.key],
        "pounds": items[books.pounds.key], "credit": items[books.credit.key],
        "allocation": Allocation.objects.filter(debit_item=items[books.paid_invoice.key], amount_currency__gt=0).get().pk,
    }
    statement = ATTACKS[attack].format(**names)

    if attack == "a settled item left open in the books":
        # Whatever is written, the item keeps what its allocations leave.
        with transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except DatabaseError:
                transaction.set_rollback(True)
    else:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert snapshot() == before
    assert check_currencies(books.company.pk) == []


@pytest.mark.parametrize(("amount", "code", "foreign"), [("10", "USD", "9"), ("10", "EUR", "-9"), ("10", "EUR", "0"), ("0", "EUR", "0")])
def test_an_item_with_two_faces_is_refused(books, amount, code, foreign):
    before = snapshot()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        entry = _entry(cursor, books)
        cursor.execute(_item(books, entry, amount, code, foreign))

    assert snapshot() == before


def test_euros_in_the_items_that_the_ledger_does_not_have_are_refused(books):
    before = snapshot()
    with pytest.raises(DatabaseError, match="differs"), transaction.atomic(), connection.cursor() as cursor:
        entry = _entry(cursor, books)
        account = trade_account(books)
        cursor.execute(_item(books, entry, "10", "EUR", "9"))
        _line(cursor, books, entry, 1, account, "10", "0", "'EUR'", "8")
        _line(cursor, books, entry, 2, other_account(books), "0", "10", "NULL", "NULL")
        cursor.execute("SELECT * FROM erp_seal_entries(ARRAY[%s]::bigint[])", [entry])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert snapshot() == before


def trade_account(books) -> int:
    return OpenItem.objects.filter(document_key=books.open_invoice.key).first().account_id


def other_account(books) -> int:
    from erp.ledger.models import Account
    return Account.objects.get(company=books.company, code="4200").pk


def _entry(cursor, books) -> int:
    cursor.execute(ENTRY.format(company=books.company.pk))
    return cursor.fetchone()[0]


def _item(books, entry, amount, code, foreign) -> str:
    values = {"entry": entry, "kind": "invoice", "amount": amount, "currency": code, "foreign": foreign}
    item = OpenItem.objects.filter(document_key=books.open_invoice.key, kind="invoice").first().pk
    return (ITEM % values).format(company=books.company.pk, item=item)


def _line(cursor, books, entry, position, account, debit, credit, code, foreign) -> None:
    values = {"entry": entry, "position": position, "account": account, "debit": debit, "credit": credit, "currency": code, "foreign": foreign}
    cursor.execute((LINE % values).format(company=books.company.pk, party=books.customer.pk))
