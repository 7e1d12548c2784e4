"""Attacks on the books with raw SQL in the application's own database role. Each is refused, and nothing has changed."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from suite.kernel.calendars.models import Period
from tests.factories.trade import Trade
from tests.hostile.digests import digests

pytestmark = pytest.mark.django_db

WATCHED = (
    "erp_journalentry", "erp_journalline", "erp_journaltail", "erp_accountbalance", "erp_unrolledentry", "erp_openitem", "erp_allocation",
    "erp_clearingitem", "erp_customerinvoice", "erp_customerinvoiceline", "erp_customerinvoicetax", "erp_customerpayment",
)


@pytest.fixture
def books(as_application_later):
    """An order shipped, invoiced and partly paid; a second invoice; a closed February. Then the application's role."""
    trade = Trade()
    trade.draft()
    trade.ship()
    trade.shipped = trade.invoice_shipment()
    trade.service = trade.invoice(trade.line("5", "20", kind="service"))
    trade.paid = trade.pay("60", allocations=[(trade.items(trade.shipped)[0].pk, Decimal(60))])
    trade.overpaid = trade.pay("500", allocations=())
    Period.objects.filter(company=trade.company, year__code="2026", number=2).update(status="closed")
    as_application_later()
    return trade


@pytest.fixture
def as_application_later():
    def take_role() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute('SET ROLE "suite_app"')

    yield take_role
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def snapshot() -> list:
    return digests(WATCHED)


DRAFT = """
    INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, description)
    SELECT {company}, 'draft', 1, now(), id, '{day}', 'attack' FROM erp_journal WHERE company_id = {company} AND code = 'GEN' RETURNING id"""
LINE = """
    INSERT INTO erp_journalline (company_id, entry_id, position, account_id, party_id, ledger_date, debit, credit, description)
    SELECT {company}, {entry}, 1, id, {party}, {date}, {debit}, {credit}, '' FROM erp_account WHERE company_id = {company} AND code = '{account}'"""
SEAL = "SELECT * FROM erp_seal_entries(ARRAY[{entry}]::bigint[])"
POSTED = "(SELECT min(id) FROM erp_journalentry WHERE status = 'posted')"
NEWEST = "(SELECT max(id) FROM erp_journalentry)"


def line(account, debit="0", credit="0", *, entry=NEWEST, date="NULL", party="NULL", company="{company}"):
    return LINE.format(company=company, entry=entry, party=party, date=date, debit=debit, credit=credit, account=account)


def entry(day="2026-03-10", company="{company}"):
    return DRAFT.format(company=company, day=day)


# No privilege, or a constraint (check, unique, foreign key, not null, a trigger of ours): never a mistake in the attack itself.
REFUSED = {"42501", "23514", "23505", "23503", "23502"}
SEALED = SEAL.format(entry=NEWEST)
ATTACKS = {
    # Unbalanced, one-sided, empty
    "an unbalanced entry": [entry(), line("6100", "80"), line("1010", credit="79.99"), SEALED],
    "an entry of one line": [entry(), line("6100", "80"), SEALED],
    "an entry without lines": [entry(), SEALED],
    "a line on both sides": [entry(), line("6100", "80", "80")],
    "a negative debit": [entry(), line("6100", "-80"), line("1010", credit="-80"), SEALED],
    "a line of nothing": [entry(), line("6100")],
    # Posted rows
    "the amount of a posted line": [f"UPDATE erp_journalline SET debit = debit + 1 WHERE entry_id = {POSTED} AND debit > 0"],
    "the account of a posted line": [f"UPDATE erp_journalline SET account_id = account_id + 1 WHERE entry_id = {POSTED}"],
    "a posted line deleted": [f"DELETE FROM erp_journalline WHERE entry_id = {POSTED}"],
    "a posted entry deleted": [f"DELETE FROM erp_journalentry WHERE id = {POSTED}"],
    "a line into a posted entry": [line("6100", "1", entry=POSTED)],
    "a pair of lines into a posted entry": [line("6100", "1", entry=POSTED, date="'2026-03-10'"), line("1010", credit="1", entry=POSTED)],
    "a posted line moved to a draft": [entry(), f"UPDATE erp_journalline SET entry_id = {NEWEST} WHERE entry_id = {POSTED}"],
    "the number of an entry": [f"UPDATE erp_journalentry SET number = 'GEN-2026-99999' WHERE id = {POSTED}"],
    "the hash of an entry": [f"UPDATE erp_journalentry SET hash = '\\x00' WHERE id = {POSTED}"],
    "the date of an entry": [f"UPDATE erp_journalentry SET ledger_date = '2026-01-01' WHERE id = {POSTED}"],
    "a posted entry back to draft": [f"UPDATE erp_journalentry SET status = 'draft' WHERE id = {POSTED}"],
    "the books emptied": ["TRUNCATE erp_journalline, erp_journalentry CASCADE"],
    # Around the seal
    "an entry born posted": ["""
        INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, description, number, sequence, hash, posted_at)
        SELECT {company}, 'posted', 1, now(), id, '2026-03-10', '', 'GEN-2026-00009', 9, '\\x00', now()
          FROM erp_journal WHERE company_id = {company} AND code = 'GEN'"""],
    "an entry posted by hand": [
        entry(), line("6100", "80"), line("1010", credit="80"),
        f"UPDATE erp_journalentry SET status = 'posted', number = 'GEN-2026-00009', sequence = 9, hash = '\\x00' WHERE id = {NEWEST}"],
    "a draft with a number": [entry(), f"UPDATE erp_journalentry SET number = 'GEN-2026-00007' WHERE id = {NEWEST}"],
    "a dated line in a draft": [entry(), line("6100", "80", date="'2026-03-10'")],
    "the tail of a journal": ["UPDATE erp_journaltail SET last_number = last_number + 1"],
    "a new tail": ["""
        INSERT INTO erp_journaltail (company_id, journal_id, year_id, last_number, last_hash)
        SELECT company_id, journal_id, year_id, 5, '' FROM erp_journaltail"""],
    "a balance for reports": ["""
        INSERT INTO erp_accountbalance (company_id, account_id, month, is_closing, debit, credit)
        SELECT company_id, id, '2026-03-01', false, 5, 0 FROM erp_account LIMIT 1"""],
    "an entry taken off the roll-up": ["DELETE FROM erp_unrolledentry"],
    # Periods and companies
    "an entry in a closed period": [entry("2026-02-10")],
    "an entry without a period": [entry("2031-02-10")],
    "a draft moved into a closed period": [entry(), f"UPDATE erp_journalentry SET ledger_date = '2026-02-10' WHERE id = {NEWEST}"],
    "a line of another company": [entry(), line("6100", "80", company="{company}").replace("SELECT {company}", "SELECT {company} + 1", 1)],
    # Sub-ledgers
    "a manual line on receivables": [entry(), line("1100", "80", party="{party}"), line("4000", credit="80"), SEALED],
    "a manual line on inventory": [entry(), line("1200", "80"), line("6100", credit="80"), SEALED],
    "a manual line on deferred revenue": [entry(), line("6100", "80"), line("2200", credit="80"), SEALED],
    "an open item without a line": [
        entry(), line("6100", "80"), line("1010", credit="80"),
        f"""INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount)
            SELECT {{company}}, id, {{party}}, {NEWEST}, 'invoice', 'x', now(), now(), 80, 80
              FROM erp_account WHERE code = '1100' AND company_id = {{company}}""",
        SEALED],
    "an open item of a posted entry": [
        """INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount)
            SELECT company_id, account_id, party_id, entry_id, kind, 'x', now(), now(), -amount, -amount FROM erp_openitem LIMIT 1"""],
    "what an item has open": ["UPDATE erp_openitem SET open_amount = 0"],
    "an open item deleted": ["DELETE FROM erp_openitem"],
    "more allocated than is open": ["""
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, allocated_on, created_at)
        SELECT {company}, {debit}, {credit}, 51, now(), now()"""],
    "an allocation of nothing": ["""
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, allocated_on, created_at)
        SELECT {company}, {debit}, {credit}, 0, now(), now()"""],
    "an allocation the wrong way round": ["""
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, allocated_on, created_at)
        SELECT {company}, {credit}, {debit}, 5, now(), now()"""],
    "an allocation undone in part": ["""
        INSERT INTO erp_allocation (company_id, debit_item_id, credit_item_id, amount, allocated_on, created_at, undoes_id)
        SELECT company_id, debit_item_id, credit_item_id, -1, now(), now(), id FROM erp_allocation LIMIT 1"""],
    "an allocation changed": ["UPDATE erp_allocation SET amount = amount - 1"],
    "a clearing item changed": ["UPDATE erp_clearingitem SET amount = 0"],
    # Documents
    "the total of an issued invoice": ["UPDATE erp_customerinvoice SET net = net + 1, gross = gross + 1 WHERE id = {invoice}"],
    "the address of an issued invoice": ["UPDATE erp_customerinvoice SET billing_address = 'elsewhere' WHERE id = {invoice}"],
    "a line of an issued invoice": ["UPDATE erp_customerinvoiceline SET quantity = 1 WHERE invoice_id = {invoice}"],
    "a tax of an issued invoice": ["DELETE FROM erp_customerinvoicetax WHERE invoice_id = {invoice}"],
    "an issued invoice deleted": ["DELETE FROM erp_customerinvoice WHERE id = {invoice}"],
    "an invoice with a number of its own": [
        """INSERT INTO erp_customerinvoice (company_id, number, version, created_at, status, kind, reason, customer_id, order_key, order_number, currency_id,
                prices_include_tax, tax_rounding, billing_address, customer_reference, net, tax, gross, payment_status, issued_on, entry_id)
           SELECT company_id, 'INV-2026-77777', 1, now(), 'draft', 'invoice', '', customer_id, '', '', currency_id, false, 'per_tax_group', '', '', 0, 0, 0, '',
                now(), NULL FROM erp_customerinvoice WHERE id = {invoice}"""],
    "the amount of a posted payment": ["UPDATE erp_customerpayment SET amount = 1 WHERE id = {payment}"],
    # The guards themselves
    "a guard switched off": ["ALTER TABLE erp_journalline DISABLE TRIGGER ALL"],
    "a guard dropped": ["DROP TRIGGER guard_entry ON erp_journalentry"],
    "a guard rewritten": ["CREATE OR REPLACE FUNCTION erp_guard_entry() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"],
    "the seal rewritten": ["CREATE OR REPLACE FUNCTION erp_entry_text(bigint, text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"],
    "a session of a replica": [
        "SET session_replication_role = replica", f"UPDATE erp_journalline SET debit = debit + 1 WHERE entry_id = {POSTED} AND debit > 0"],
    "a session that ignores triggers": [
        "SELECT set_config('pgtrigger.ignore', '{{erp_journalentry:guard_entry}}', true)", f"DELETE FROM erp_journalentry WHERE id = {POSTED}"],
    "a column taken away": ["ALTER TABLE erp_journalentry DROP COLUMN hash"],
    "a bulk copy over lines": [f"WITH gone AS (DELETE FROM erp_journalline WHERE entry_id = {POSTED} RETURNING *) SELECT count(*) FROM gone"],
    "an insert that overwrites": [
        f"""INSERT INTO erp_journalline SELECT * FROM erp_journalline WHERE entry_id = {POSTED} ON CONFLICT (id) DO UPDATE SET debit = 1"""],
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_is_refused(books, attack):
    before = snapshot()
    words = {
        "company": books.company.pk, "party": books.customer.pk, "invoice": books.shipped.pk, "payment": books.paid.pk,
        "debit": books.items(books.shipped)[0].pk, "credit": books.items(books.overpaid)[0].pk,
    }

    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        for statement in ATTACKS[attack]:
            cursor.execute(statement.format(**words))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refusal.value.__cause__.pgcode in REFUSED, refusal.value
    assert snapshot() == before


def test_the_payment_status_of_an_invoice_is_not_written_by_hand(books):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE erp_customerinvoice SET payment_status = 'paid' WHERE id = %s", [books.service.pk])
        cursor.execute("SELECT payment_status FROM erp_customerinvoice WHERE id = %s", [books.service.pk])
        assert cursor.fetchone() == ("unpaid",)


def test_what_an_item_has_open_is_counted_whatever_a_program_says(books):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("UPDATE erp_openitem SET open_amount = 0")
        cursor.execute("SELECT open_amount FROM erp_openitem WHERE id = %s", [books.items(books.shipped)[0].pk])
        assert cursor.fetchone()[0] == 50


@pytest.mark.parametrize("statement", [
    f"UPDATE erp_journalline SET debit = debit + 1 WHERE entry_id = {POSTED} AND debit > 0", f"DELETE FROM erp_journalentry WHERE id = {POSTED}",
    "TRUNCATE erp_journalline CASCADE", "UPDATE erp_journaltail SET last_number = 0", "DELETE FROM erp_allocation",
    f"UPDATE erp_journalentry SET number = 'X' WHERE id = {POSTED}",
])
def test_the_owner_is_refused_too(books, statement):
    before = snapshot()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(statement)

    assert snapshot() == before
