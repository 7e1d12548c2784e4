"""The official sample files against their own list of totals, by the command that people run."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.rules.cii import write_cii
from erp.einvoicing.rules.ubl import write_ubl
from suite.runtime.places import ROOT
from tests.factories.books import make_books
from tests.factories.e_invoices import a_document

FOLDER = Path(settings.SHARED_DATA) / "einvoice"
HEAD = (
    "file,syntax,id,issue_date,currency,lines,line_net_total,allowances,charges,tax_exclusive,tax,tax_inclusive,prepaid,rounding,payable,"
    "vat_breakdown(category/percent/basis/amount)"
)
GOOD = "R-2026-17,{date},EUR,3,290.00,,10.00,300.00,34.00,334.00,,,334.00,S/10/260.00/26.00; S/20/40/8"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.xml").write_bytes(write_ubl(a_document()))
    (tmp_path / "b.xml").write_bytes(write_cii(a_document()))
    (tmp_path / "totals.csv").write_text("\n".join([HEAD, f"a.xml,UBL-Invoice,{GOOD.format(date='2026-03-02')}", f"b.xml,CII,{GOOD.format(date='20260302')}"]))
    return tmp_path


def run(folder, *more, capsys=None):
    code = 0
    try:
        call_command("load_einvoices", folder, "--json", *more)
    except SystemExit as stopped:
        code = stopped.code
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
def test_every_official_sample_gives_the_figures_of_its_list(application_environment):
    loaded = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "load_einvoices", str(FOLDER), "--json"], env=application_environment, capture_output=True, text=True,
        timeout=120, check=False,
    )

    assert loaded.returncode == 0, loaded.stderr[-2000:] + loaded.stdout[-2000:]
    said = json.loads(loaded.stdout)
    with (FOLDER / "totals.csv").open() as listed:
        expected = [row["file"] for row in csv.DictReader(listed)]
    assert sorted(one["file"] for one in said["report"]) == sorted(expected)
    assert (said["files"], said["compared"], said["differences"]) == (len(expected), len(expected), [])


@pytest.mark.django_db
def test_files_that_agree_end_well(folder, capsys):
    assert run(folder, capsys=capsys)[0] == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("wrong", "right"), [
    ("334.00,,,334.00", "334.00,,,334.01"), ("S/20/40/8", "S/20/40/8.01"), ("EUR,3", "EUR,4"), ("290.00,,", "290.00,0,"),
])
def test_one_figure_that_differs_ends_with_an_error_and_is_named(folder, capsys, wrong, right):
    totals = folder / "totals.csv"
    totals.write_text(totals.read_text().replace(wrong, right, 1))
    code, said = run(folder, capsys=capsys)

    assert code == 1
    assert len(said["differences"]) == 1
    assert said["differences"][0].startswith("a.xml: ")


@pytest.mark.django_db
def test_an_unreadable_a_missing_and_an_unlisted_file_are_errors(folder, capsys):
    (folder / "a.xml").write_bytes(b"<a/>")
    (folder / "c.xml").write_bytes(write_ubl(a_document()))
    (folder / "b.xml").unlink()
    code, said = run(folder, capsys=capsys)

    assert (code, len(said["differences"])) == (1, 3)


@pytest.mark.django_db
def test_with_a_company_they_are_received_there(folder, capsys, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    company = make_books()
    code, said = run(folder, "--company", company.code, capsys=capsys)

    assert code == 0
    assert ReceivedInvoice.objects.get(company=company).status == "open"
    assert "came before" in said["report"][1]["received"]
