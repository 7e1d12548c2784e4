"""Charts of accounts from files: all real ones load, a faulty one is refused by row and column, and nothing is written then."""

import csv
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from erp.charts.reports import account_tree
from erp.charts.rules import read_chart
from erp.charts.services import load_chart
from erp.ledger.models import Account, AccountAssignment
from erp.ledger.services import EntryLine, post_entry
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_company, make_user
from tests.factories.books import make_books

FOLDER = Path(settings.SHARED_DATA) / "coa"
ROWS = {
    "books_ae": 280, "books_ca": 274, "books_ch": 164, "books_fr": 993, "books_gt": 121, "books_hu": 593, "books_id": 214, "books_in": 77,
    "books_mx": 388, "books_nl": 470, "books_sg": 189, "books_standardCOA": 75, "gnucash_skr03": 101, "gnucash_skr04": 1127,
    "gnucash_skr49": 1811, "tryton_de_skr03": 1162, "tryton_en_minimal": 135, "tryton_es_normal": 909, "tryton_es_pyme": 776, "tryton_fr_pcg": 1234,
}
HEAD = "code,name,parent,is_group,type\n"
GOOD = HEAD + "1,Assets,,1,[Asset]\n10,Bank,Assets,0,Bank [Asset]\n11,Debtors,Assets,0,Receivable [Asset]\n4,Income,,1,[Income]\n40,Sales,Income,0,[Income]\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return make_company()


@pytest.fixture
def clerk(company):
    return make_user(company, "finance")


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_chart_loads_whole_and_twice_changes_nothing(company, name):
    file, out = FOLDER / f"{name}.csv", StringIO()
    call_command("load_chart", str(file), company=company.code, json=True, stdout=out)
    figures = json.loads(out.getvalue())

    with file.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    accounts = Account.objects.filter(company=company)
    assert (figures["accounts"], figures["added"], accounts.count(), len(rows)) == (ROWS[name],) * 4
    assert sorted(accounts.values_list("name", flat=True)) == sorted(row["name"].strip() for row in rows)
    above = "parent_id" if "parent_id" in rows[0] else "parent"
    assert accounts.filter(parent=None).count() == sum(not row[above] for row in rows)
    assert not accounts.filter(parent__isnull=False, parent__is_heading=False).exists()
    assert set(figures["types"]) >= {"asset", "liability", "income", "expense"}
    assert {"AR", "AP"} <= set(figures["roles"]) or name == "books_ch"
    assert set(AccountAssignment.objects.filter(company=company).values_list("role", flat=True)) == set(figures["roles"])
    assert {row.account.control for row in AccountAssignment.objects.filter(company=company, role__in=("AR", "AP"))} <= {"item"}

    again = StringIO()
    call_command("load_chart", str(file), company=company.code, json=True, stdout=again)
    assert [json.loads(again.getvalue())[name] for name in ("added", "known", "roles_given")] == [0, len(rows), 0]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
def test_the_german_chart_has_its_types_and_roles(company, clerk):
    load_chart(company=company, content=(FOLDER / "tryton_de_skr03.csv").read_bytes(), actor=clerk)

    types = dict(Account.objects.filter(company=company).values_list("code", "type"))
    assert {code: types[code] for code in ("1200", "1400", "1600", "0880", "8400", "3400", "4830", "2650", "0630", "1576", "1776")} == {
        "1200": "asset", "1400": "asset", "1600": "liability", "0880": "equity", "8400": "income", "3400": "expense", "4830": "expense",
        "2650": "income", "0630": "liability", "1576": "asset", "1776": "liability"}
    roles = dict(AccountAssignment.objects.filter(company=company).values_list("role", "account__code"))
    assert (roles["BANK"], roles["AR"], roles["AP"], roles["REVENUE"], roles["OUTPUT_TAX"]) == ("1200", "1400", "1600", "8400", "1776")


@pytest.mark.parametrize(("content", "row", "column"), [
    (HEAD + "1,A,B,1,[Asset]\n2,B,A,1,[Asset]\n", 2, "parent"),
    (HEAD + "1,A,A,1,[Asset]\n", 2, "parent"),
    (HEAD + "1,A,,1,[Asset]\n2,B,Nobody,0,[Asset]\n", 3, "parent"),
    (HEAD + "1,A,,1,[Asset]\n2,B,A,0,[Treasure]\n", 3, "type"),
    (HEAD + "1,A,,1,[Asset]\n2,,A,0,[Asset]\n", 3, "name"),
    (HEAD + "1,A,,yes,[Asset]\n", 2, "is_group"),
    (HEAD + "1,A,,1\n", 2, "type"),
    (HEAD + f"{'1' * 40},A,,1,[Asset]\n", 2, "code"),
    (HEAD + f"1,{'A' * 300},,1,[Asset]\n", 2, "name"),
    ("code,name,parent_id,is_group,type,id\n,Root,,1,fr,root\n2,A,root,0,x,a\n3,B,root,0,x,a\n", 4, "id"),
    ("code,name,parent_id,is_group,type,id\n,Root,,1,fr,root\n2,A,b,1,x,a\n3,B,a,1,x,b\n", 3, "parent_id"),
    ("code,name,parent_id,is_group,type,id\n,Root,,1,fr,root\nX,A,root,0,x,a\n", 3, "code"),
])
def test_a_faulty_chart_is_refused_by_row_and_column(company, clerk, content, row, column):
    with pytest.raises(Refusal, match=f"Row {row}, column {column}:") as refusal:
        load_chart(company=company, content=content.encode(), actor=clerk)
    assert (refusal.value.field, refusal.value.status, Account.objects.filter(company=company).count()) == ("file", 422, 0)


@pytest.mark.parametrize(("content", "code"), [
    (HEAD.encode() + "1,Büro,,1,[Asset]\n".encode("latin-1"), "not_utf8"), (b"a,b\n1,2\n", "chart_unknown"), (b"", "chart_unknown"),
    (HEAD.encode(), "chart_unknown"), (HEAD.encode() + b'1,"A,,1,[Asset]\n', "not_csv"),
])
def test_a_file_that_is_no_chart_is_refused(company, clerk, content, code):
    with pytest.raises(Refusal) as refusal:
        load_chart(company=company, content=content, actor=clerk)
    assert (refusal.value.code, Account.objects.filter(company=company).exists()) == (code, False)


def test_a_code_that_stands_for_another_type_is_refused(clerk, company):
    make_books(company)
    before = set(Account.objects.values_list("pk", "name", "type", "parent"))
    with pytest.raises(Refusal, match="Row 3, column code: The books have 1000 Cash already"):
        load_chart(company=company, content=(HEAD + "9,A,,1,[Income]\n1000,B,A,0,[Income]\n").encode(), actor=clerk)
    assert set(Account.objects.values_list("pk", "name", "type", "parent")) == before


def test_loading_beside_other_accounts_keeps_roles_and_takes_nobody_elses_company(company, clerk):
    make_books(company)
    other = make_company()
    load_chart(company=company, content=GOOD.encode(), actor=clerk)
    assert AccountAssignment.objects.get(company=company, role="BANK").account.code == "1010"
    assert Account.objects.get(company=company, code="11").control == ""
    assert not Account.objects.filter(company=other).exists()


def test_without_a_company_the_file_is_only_checked(tmp_path):
    file, out = tmp_path / "chart.csv", StringIO()
    file.write_text(GOOD)
    call_command("load_chart", str(file), stdout=out)
    assert "accounts: 5" in out.getvalue()
    assert not Account.objects.exists()
    file.write_text(HEAD + "1,A,B,1,[Asset]\n2,B,A,1,[Asset]\n")
    with pytest.raises(CommandError, match="Row 2, column parent"):
        call_command("load_chart", str(file))


def test_headings_take_no_lines_and_the_tree_adds_up(company, clerk):
    make_books(company)
    load_chart(company=company, content=(HEAD + "E,Costs,,1,[Expense]\nE1,Paper,Costs,0,[Expense]\nE2,Ink,Costs,0,[Expense]\n").encode(), actor=clerk)
    codes = dict(Account.objects.filter(company=company).values_list("code", "pk"))

    def spend(code, amount):
        return post_entry(
            company_id=company.pk, journal_kind="general", ledger_date=date(2026, 3, 10), description="Office", actor=clerk,
            lines=[EntryLine(account_id=codes[code], amount=Decimal(amount)), EntryLine(account_id=codes["1010"], amount=-Decimal(amount))],
        )

    spend("E1", "30")
    spend("E2", "12")
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        spend("E", "5")
    assert refusal.value.code == "account_is_heading"

    rows = {row["code"]: (row["balance"], row["level"]) for row in account_tree(company_id=company.pk, on=date(2026, 12, 31)).rows}
    assert (rows["E"], rows["E1"], rows["E2"], rows["1010"][0]) == ((42, 0), (30, 1), (12, 1), -42)


@pytest.mark.parametrize("attack", [
    "UPDATE erp_account SET parent_id = id WHERE code = '1'",
    "UPDATE erp_account SET parent_id = (SELECT id FROM erp_account WHERE code = '10') WHERE code = '1'",
    "UPDATE erp_account SET parent_id = (SELECT id FROM erp_account WHERE code = '9') WHERE code = '10'",
    "INSERT INTO erp_account (company_id, code, name, type, control, is_heading, is_active, parent_id)"
    " SELECT company_id, 'N', 'N', 'asset', '', false, true, (SELECT id FROM erp_account WHERE code = '9') FROM erp_account WHERE code = '1'",
])
def test_no_sql_makes_a_ring_or_reaches_into_another_company(company, clerk, attack):
    other = make_company()
    load_chart(company=company, content=GOOD.encode(), actor=clerk)
    load_chart(company=other, content=(HEAD + "9,Foreign,,1,[Asset]\n").encode(), actor=make_user(other, "finance"))
    before = set(Account.objects.values_list("pk", "parent"))
    with pytest.raises(DatabaseError, match="part of itself"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
    assert set(Account.objects.values_list("pk", "parent")) == before


def test_the_page_checks_loads_and_names_row_and_column(client, company, clerk):
    client.force_login(clerk)
    address = reverse("erp:chart_import")

    def send(text, **data):
        file = StringIO(text)
        file.name = "chart.csv"
        return client.post(address, {"file": file, **data})

    assert "5 accounts, without a fault" in send(GOOD, is_check="on").content.decode()
    assert not Account.objects.exists()
    bad = send(HEAD + "1,A,B,1,[Asset]\n2,B,A,1,[Asset]\n")
    assert (bad.status_code, "Row 2, column parent" in bad.content.decode(), Account.objects.exists()) == (422, True, False)
    assert send(GOOD).status_code == 302
    assert Account.objects.filter(company=company).count() == 5
    page = client.get(reverse("erp:report_account_tree")).content.decode()
    assert "Debtors" in page
    assert read_chart(GOOD.encode()).figures["roles"] == ["AR", "BANK"]

    client.force_login(make_user(company, "auditor"))
    assert (send(GOOD).status_code, client.get(reverse("erp:report_account_tree")).status_code) == (403, 200)
