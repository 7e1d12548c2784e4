"""Real banks' files, against the figures that came with them."""

import io
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from erp.banking.models import BankStatement, StatementLine
from tests.factories.trade import Trade

FOLDER = Path(settings.SHARED_DATA) / "bank"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def load(folder, *arguments):
    out = io.StringIO()
    code = 0
    try:
        call_command("load_statements", str(folder), "--json", *arguments, stdout=out)
    except SystemExit as stopped:
        code = stopped.code
    return code, json.loads(out.getvalue())


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
def test_every_figure_equals_the_expected_one_and_known_accounts_keep_their_statements():
    trade = Trade(stock=())
    trade.bank.iban = "NL77ABNA0574908765"
    trade.bank.save()

    code, found = load(FOLDER, "--company", trade.company.code)

    assert (code, found["differences"]) == (0, [])
    assert (found["files"], found["statements"], found["kept"]) == (17, 43, 1)
    assert {one["file"] for one in found["report"] if not one["statements"]} == {"camt/camt053.v2.wrong.xml", "ofx/bank_small.ofx"}
    statement = BankStatement.objects.get()
    assert statement.difference and "difference" in statement.warnings
    lines = StatementLine.objects.count()
    assert load(FOLDER, "--company", trade.company.code)[1]["kept"] == 0
    assert StatementLine.objects.count() == lines


def test_a_figure_that_differs_is_named_and_the_exit_code_says_so(tmp_path):
    (tmp_path / "one.qif").write_text("!Type:Bank\nD2026-03-10\nT5.00\nPSomebody\n^\n")
    (tmp_path / "one.sta").write_text(":20:R\n:25:123\n:28C:1\n:60F:C260309EUR1,\n:61:260310C5,NTRFNONREF\n:62F:C260310EUR6,\n-\n")
    head = "file,statement,account,currency,opening_balance,closing_balance,entries,entries_sum,opening_plus_entries_equals_closing\n"
    (tmp_path / "expected.csv").write_text(f"{head}one.sta,R no 1,123,eur,1,6,1,5,True\none.qif,,,,,,,,\n")
    assert load(tmp_path)[0] == 0
    (tmp_path / "expected.csv").write_text(f"{head}one.sta,R no 1,123,eur,1,7,1,5,True\ngone.sta,R,1,EUR,1,1,0,0,True\n")

    code, found = load(tmp_path)

    assert code == 1
    assert found["differences"] == ["one.sta R no 1: closing_balance 6 instead of 7", "gone.sta: expected, not there"]
