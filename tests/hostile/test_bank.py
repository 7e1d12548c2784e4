"""Attacks on bank statements with raw SQL in the application's own database role. Each is refused, and nothing has changed."""

from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.banking.models import StatementLine
from erp.banking.services import load_statements, match_statement_line, reconcile_statement
from tests.factories.statements import IBAN, camt
from tests.factories.trade import Trade
from tests.hostile.digests import digests

pytestmark = pytest.mark.django_db
WATCHED = ("erp_bankstatement", "erp_statementline", "erp_statementmatch", "erp_journalentry", "erp_journalline")
REFUSED = {"42501", "23514", "23505", "23503", "23502"}
MATCHED = "(SELECT min(id) FROM erp_statementline WHERE status = 'matched')"
OPEN = "(SELECT min(id) FROM erp_statementline WHERE status = 'open')"
PART = """
    INSERT INTO erp_statementmatch (company_id, line_id, position, kind, amount, fee, entry_id)
    SELECT company_id, {line}, 9, 'account', {amount}, 0, {entry} FROM erp_statementline WHERE id = {line}"""
ENTRY = f"(SELECT entry_id FROM erp_statementline WHERE id = {MATCHED})"
RECONCILED = "(SELECT id FROM erp_bankstatement WHERE status = 'reconciled')"
UNPROVEN = "(SELECT id FROM erp_bankstatement WHERE status = 'partially_matched')"
ATTACKS = {
    "the amount of a line": f"UPDATE erp_statementline SET amount = amount + 1 WHERE id = {OPEN}",
    "the day of a line": f"UPDATE erp_statementline SET booked_on = booked_on - 1 WHERE id = {MATCHED}",
    "the bank's id of a line": f"UPDATE erp_statementline SET external_id = 'other' WHERE id = {OPEN}",
    "a line moved to another account": f"UPDATE erp_statementline SET bank_account_id = (SELECT max(id) FROM erp_bankaccount) WHERE id = {OPEN}",
    "a line moved to another statement": f"UPDATE erp_statementline SET statement_id = {RECONCILED} WHERE id = {OPEN}",
    "a line taken off its statement": f"UPDATE erp_statementline SET statement_id = NULL WHERE id = {OPEN}",
    "a line deleted": f"DELETE FROM erp_statementline WHERE id = {OPEN}",
    "a matched line deleted with its parts": f"DELETE FROM erp_statementmatch WHERE line_id = {MATCHED}; DELETE FROM erp_statementline WHERE id = {MATCHED}",
    "a line matched without an entry": f"UPDATE erp_statementline SET status = 'matched' WHERE id = {OPEN}",
    "a line matched without parts": f"UPDATE erp_statementline SET status = 'matched', entry_id = {ENTRY} WHERE id = {OPEN}",
    "a line matched with another line's entry": PART.format(line=OPEN, amount="-5", entry=ENTRY)
    + f"; UPDATE erp_statementline SET status = 'matched', entry_id = {ENTRY} WHERE id = {OPEN}",
    "a part too much": PART.format(line=MATCHED, amount="1", entry=ENTRY),
    "a part of an open line": PART.format(line=OPEN, amount="1", entry=ENTRY),
    "a part less": f"DELETE FROM erp_statementmatch WHERE line_id = {MATCHED}",
    "the amount of a part": f"UPDATE erp_statementmatch SET amount = amount - 1 WHERE line_id = {MATCHED}",
    "a part with a negative fee": f"UPDATE erp_statementmatch SET fee = -1 WHERE line_id = {MATCHED}",
    "a matched line opened": f"UPDATE erp_statementline SET status = 'open', entry_id = NULL WHERE id = {MATCHED}",
    "a reconciled line opened with its parts": f"DELETE FROM erp_statementmatch WHERE line_id = {MATCHED};"
    f" UPDATE erp_statementline SET status = 'open', entry_id = NULL WHERE id = {MATCHED}",
    "the closing balance": f"UPDATE erp_bankstatement SET closing_balance = closing_balance + 1 WHERE id = {UNPROVEN}",
    "the difference": f"UPDATE erp_bankstatement SET difference = 1 WHERE id = {UNPROVEN}",
    "the file of a statement": f"UPDATE erp_bankstatement SET file_hash = 'x' WHERE id = {UNPROVEN}",
    "a statement reconciled by hand": f"UPDATE erp_bankstatement SET status = 'reconciled' WHERE id = {UNPROVEN}",
    "a statement born reconciled": """
        INSERT INTO erp_bankstatement (company_id, status, version, created_at, bank_account_id, bank_reference, format, is_interim, starts_on, ends_on,
               opening_balance, closing_balance, difference, warnings, file_name, file_hash, position)
        SELECT company_id, 'reconciled', 1, now(), bank_account_id, 'z', format, false, starts_on, ends_on, 0, 1, 0, '', '', 'z', 1
          FROM erp_bankstatement LIMIT 1""",
    "the same file again": """
        INSERT INTO erp_bankstatement (company_id, status, version, created_at, bank_account_id, bank_reference, format, is_interim, starts_on, ends_on,
               warnings, file_name, file_hash, position)
        SELECT company_id, 'imported', 1, now(), bank_account_id, 'z', format, false, starts_on, ends_on, '', '', file_hash, position
          FROM erp_bankstatement LIMIT 1""",
    "a statement deleted": f"DELETE FROM erp_bankstatement WHERE id = {UNPROVEN}",
    "the same movement again": """
        INSERT INTO erp_statementline (company_id, status, version, created_at, bank_account_id, position, booked_on, amount, text, counterparty_name,
               counterparty_iban, reference, external_id, reasons, is_unaided)
        SELECT company_id, 'open', 1, now(), bank_account_id, 1, booked_on, amount, '', '', '', '', external_id, '', false FROM erp_statementline LIMIT 1""",
    "everything emptied": "TRUNCATE erp_statementmatch, erp_statementline, erp_bankstatement CASCADE",
}


@pytest.fixture
def bank():
    """A reconciled statement, and a second one with an open and a matched line; then the application's role."""
    trade = Trade(stock=())
    trade.bank.iban = IBAN
    trade.bank.save()
    for number, lines, opening in (("1", [(100, "a")], "0.00"), ("2", [(7, "b"), (-5, "c")], "100.00")):
        load_statements(
            company_id=trade.company.pk, content=camt(lines, number=number, opening=opening), file_name="f.xml", actor=trade.actor,
        )
    for line in StatementLine.objects.filter(amount__gt=0):
        match_statement_line(line, actor=trade.actor, account_role="SUSPENSE")
    reconcile_statement(StatementLine.objects.get(amount=Decimal(100)).statement, actor=trade.actor)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute('SET ROLE "suite_app"')
    yield trade
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def snapshot() -> list:
    return digests(WATCHED)


@pytest.mark.parametrize("name", ATTACKS)
def test_the_bank_stays_as_it_is(bank, name):
    before = snapshot()

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[name])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused.value.__cause__.pgcode in REFUSED
    assert snapshot() == before
