"""Statements come in once, whole, into their own account, or not at all with a sentence that says why."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from erp.banking.formats.detecting import read_statements
from erp.banking.models import BankStatement, StatementLine, StatementProfile
from erp.banking.services import enter_statement_line, load_statements
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_user
from tests.factories.statements import DAY, IBAN, camt
from tests.factories.trade import Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]

MT940 = b""":20:REF
:25:37040044/0532013000
:28C:7/1
:60F:C260309EUR100,00
:61:2603100310C50,NTRFNONREF//B1
:86:166?00GUTSCHRIFT?20SVWZ+INV-2026-00001?31DE12500105170648489890?32Miller?33 GmbH
:61:2603100310RC20,NTRFNONREF
:62F:C260310EUR130,
-
"""
OFX = b"""OFXHEADER:100

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>DE89370400440532013000</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260310<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260310120000<TRNAMT>-3.00<FITID>77<NAME>A &amp; B
</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>97.00<DTASOF>20260310</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"""
BOMB = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Document><x>&b;</x></Document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document><x>&a;</x></Document>"""


@pytest.fixture
def trade():
    trade = Trade(stock=())
    trade.bank.iban = IBAN
    trade.bank.save()
    return trade


def load(trade, content, name="file.xml", **values):
    return load_statements(company_id=trade.company.pk, content=content, file_name=name, actor=trade.actor, **values)


def facts():
    return (
        list(BankStatement.objects.order_by("pk").values_list("pk", "status", "version")),
        list(StatementLine.objects.order_by("pk").values_list("pk", "statement", "status", "version", "amount")),
    )


def test_a_statement_with_its_lines(trade):
    loaded, = load(trade, camt([(110, "INV-2026-00001", "Miller GmbH", "DE12500105170648489890", "b1"), (-3, "Account fee")], opening="1000.00"))

    statement = loaded.statement
    assert (statement.opening_balance, statement.closing_balance, statement.difference, statement.warnings) == (1000, 1107, 0, "")
    assert (statement.bank_account, statement.number, statement.bank_reference, statement.status) == (trade.bank, "BST-00001", "S-1", "imported")
    first, second = statement.lines.order_by("position")
    assert (first.amount, first.text, first.counterparty_name, first.counterparty_iban, first.external_id) == (
        110, "INV-2026-00001", "Miller GmbH", "DE12500105170648489890", "b1")
    assert (second.amount, second.booked_on, second.status) == (-3, DAY, "open")


def test_loaded_twice_changes_nothing(trade):
    content = camt([(110, "one"), (110, "one"), (5, "two", "", "", "b9")])
    load(trade, content)
    before = facts()

    again, = load(trade, content)
    other_bytes, = load(trade, content.replace(b"<MsgId>M<", b"<MsgId>N<"))

    assert (again.is_new, other_bytes.is_new, again.known_lines) == (False, False, 3)
    assert facts() == before
    assert len(before[1]) == 3


def test_a_statement_that_does_not_add_up_is_taken_and_says_by_how_much(trade):
    statement = load(trade, camt([(110, "x")], opening="10.00", closing="100.00"))[0].statement

    assert statement.difference == 20
    assert "difference is 20.00" in statement.warnings


def test_a_gap_between_statements_is_said(trade):
    load(trade, camt([(110, "x")], number="S-1"))

    statement = load(trade, camt([(5, "y")], number="S-2", opening="120.00"))[0].statement

    assert "one may be missing" in statement.warnings


@pytest.mark.parametrize(("content", "code"), [
    (camt([(1, "x")], iban="DE02120300000000202051"), "account_unknown"), (camt([(1, "x")], currency="USD"), "statement_currency"),
    (BOMB, "statement_unreadable"), (OUTSIDE, "statement_unreadable"), (b"", "statement_unreadable"), (b"\x89PNG\x00\x00", "statement_unreadable"),
    (b"<html><body>Error 500</body></html>", "statement_unreadable"), (camt([(1, "x")])[:-20], "statement_unreadable"),
    (camt([("1", "x")]).replace(b">1<", b">NaN<"), "statement_unreadable"), (camt([("1", "x")]).replace(b">1<", b">1e400<"), "statement_unreadable"),
    (camt([("1", "x")]).replace(b">1<", b">99999999999999999999<"), "statement_unreadable"),
    (camt([("1", "x")]).replace(b"2026-03-10", b"2026-02-30"), "statement_unreadable"),
    (MT940.replace(b"C50,", b"C5x,"), "statement_unreadable"), (MT940.replace(b":60F:", b":99F:"), "statement_unreadable"),
    (OFX.replace(b"-3.00", b"three"), "statement_unreadable"), (b"!Type:Invst\nD1/1/26\nT5\n^\n", "statement_unreadable"),
    (b"a,b,c\n1,2,3\n", "statement_unreadable"), (b"Date,Amount\n2026-03-10,5\n", "account_missing"),
], ids=range(18))
def test_what_cannot_be_taken_is_refused_in_words_and_changes_nothing(trade, content, code):
    with pytest.raises(Refusal) as refusal:
        load(trade, content)

    assert refusal.value.code == code
    assert "nothing" in refusal.value.message and refusal.value.hint
    assert refusal.value.status == 422
    assert facts() == ([], [])


def test_another_accounts_statement_is_refused_where_an_account_was_chosen(trade):
    with pytest.raises(Refusal) as refusal:
        load(trade, camt([(1, "x")]), bank_account_id=trade.cash.pk)

    assert (refusal.value.code, refusal.value.field) == ("wrong_account", "bank_account")
    assert facts() == ([], [])


def test_one_bad_statement_of_a_file_leaves_the_whole_file_out(trade):
    with pytest.raises(Refusal) as refusal:
        load(trade, MT940 + MT940.replace(b"C50,", b"C5x,"))

    assert "Line 14" in refusal.value.message
    assert facts() == ([], [])


def test_only_who_may_add_statements_loads_them(trade):
    with pytest.raises(PermissionDenied):
        load_statements(
            company_id=trade.company.pk, content=camt([(1, "x")]), file_name="f", actor=make_user(trade.company, role="auditor"),
        )


def test_mt940_finds_its_account_inside_the_iban(trade):
    statement = load(trade, MT940)[0].statement

    assert (statement.bank_reference, statement.difference) == ("REF no 7/1", 0)
    first, second = statement.lines.order_by("position")
    assert (first.text, first.counterparty_name, first.counterparty_iban) == ("INV-2026-00001", "Miller GmbH", "DE12500105170648489890")
    assert second.amount == -20


def test_ofx_names_its_movements(trade):
    line = load(trade, OFX)[0].statement.lines.get()

    assert (line.external_id, line.amount, line.counterparty_name) == ("77", -3, "A & B")


def test_latin_1_that_says_utf_8_is_read_right_with_a_warning(trade):
    content = camt([(5, "Gebühr", "Müller")]).decode().encode("latin-1")

    statement = load(trade, content)[0].statement

    assert statement.lines.get().counterparty_name == "Müller"
    assert "UTF-8" in statement.warnings


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_tables_in_any_encoding(encoding):
    text = "Buchungstag;Verwendungszweck;Betrag\n10.03.2026;Gebühr März;-1.234,50\n"

    _kind, (statement,) = read_statements(text.encode(encoding))

    assert (statement.lines[0].text, statement.lines[0].amount, statement.lines[0].booked_on) == ("Gebühr März", Decimal("-1234.50"), DAY)


def test_movements_of_overlapping_tables_are_taken_once(trade):
    rows = ["2026-03-09,Coffee,-2.50", "2026-03-09,Coffee,-2.50", "2026-03-10,Rent,-800"]
    head = "Date,Description,Amount\n"
    load(trade, (head + "\n".join(rows[:2])).encode(), bank_account_id=trade.bank.pk)

    loaded, = load(trade, (head + "\n".join(rows)).encode(), bank_account_id=trade.bank.pk)
    again, = load(trade, (head + "\n".join(rows) + "\n\n").encode(), bank_account_id=trade.bank.pk)

    assert (loaded.new_lines, loaded.known_lines, again.new_lines, again.statement) == (1, 2, 0, None)
    assert StatementLine.objects.count() == 3


def test_a_profile_names_the_columns_and_the_order_of_dates(trade):
    content = b"When|Was|Soll|Haben\n03/04/2026|Rent|800,00|\n"
    with pytest.raises(Refusal) as refusal:
        load(trade, content, bank_account_id=trade.bank.pk)
    assert refusal.value.code == "statement_unreadable"
    trade.bank.profile = StatementProfile.objects.create(
        company=trade.company, name="Ours", date="When", text="Was", paid_out="Soll", paid_in="Haben", day_first=True, decimal=",",
    )
    trade.bank.save()

    line = load(trade, content, bank_account_id=trade.bank.pk)[0].statement.lines.get()

    assert (line.booked_on, line.amount, line.text) == (date(2026, 4, 3), -800, "Rent")


def test_day_and_month_that_could_be_either_are_asked_for(trade):
    with pytest.raises(Refusal) as refusal:
        load(trade, b"Date,Amount\n03/04/2026,5\n", bank_account_id=trade.bank.pk)

    assert "profile" in refusal.value.hint


def test_lines_of_a_notice_move_to_the_statement(trade):
    notice, = load(trade, camt([(50, "x", "", "", "b1")], message="BkToCstmrDbtCdtNtfctn", node="Ntfctn", number="N-1"))
    typed = enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(7), actor=trade.actor, external_id="b2")

    loaded, = load(trade, camt([(50, "x", "", "", "b1"), (7, "y", "", "", "b2"), (3, "z")]))

    assert notice.statement.is_interim
    assert (loaded.new_lines, loaded.known_lines) == (1, 2)
    assert set(loaded.statement.lines.values_list("amount", flat=True)) == {50, 7, 3}
    assert StatementLine.objects.get(pk=typed.pk).statement == loaded.statement
