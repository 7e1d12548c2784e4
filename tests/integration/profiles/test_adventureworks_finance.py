"""The finance amounts of AdventureWorks, once, against their own totals; killed and continued; and files that cannot be taken."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from erp.budgets.models import Budget
from erp.ledger.models import JournalEntry
from erp.ledger.selectors import trial_balance
from integration.management.commands.doctor import examine
from integration.trace.selectors import orphans
from suite.kernel.calendars.models import Period
from suite.kernel.companies.models import Company
from suite.runtime.places import ROOT

FOLDER = Path(settings.SHARED_DATA) / "adventureworks"
COMMAND = [sys.executable, str(ROOT / "manage.py"), "load_profile", "adventureworks_finance"]


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
@pytest.mark.django_db(transaction=True)
def test_killed_and_continued_it_equals_its_totals(application_environment):
    killed = subprocess.Popen([*COMMAND, str(FOLDER)], env=application_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 120
    while time.monotonic() < until and killed.poll() is None and JournalEntry.objects.filter(status="posted").count() < 30:
        time.sleep(0.2)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=30)
    assert JournalEntry.objects.filter(status="posted").count() >= 30

    loaded = subprocess.run([*COMMAND, str(FOLDER), "--json"], env=application_environment, capture_output=True, text=True, timeout=400, check=False)

    assert loaded.returncode == 0, loaded.stderr[-3000:] + loaded.stdout[-3000:]
    figures = json.loads(loaded.stdout)
    assert figures["seconds"] < 180
    assert (figures["amounts"], figures["totals_compared"], figures["differences"]) == (39409, 28, [])
    assert figures["entry_lines"] + 4846 == 39409
    company = Company.objects.get(code="AWC")
    period = Period.objects.get(company=company, is_closing=False, starts_on="2013-12-01")
    balances = trial_balance(company.pk, period.ends_on)
    assert sum(row.closing for row in balances) == 0
    assert Budget.objects.filter(company=company, status="active").count() == figures["budgets"]
    before = (JournalEntry.objects.count(), Budget.objects.count())

    again = subprocess.run([*COMMAND, str(FOLDER), "--json"], env=application_environment, capture_output=True, text=True, timeout=400, check=False)

    assert (again.returncode, JournalEntry.objects.count(), Budget.objects.count()) == (0, *before)
    assert {name: found for name, found in examine().items() if found["violations"]} == {}
    assert orphans() == {}


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
@pytest.mark.django_db
def test_files_that_cannot_be_taken_write_nothing(tmp_path, capsys):
    for path in FOLDER.glob("*inan*"):
        shutil.copy(path, tmp_path)
    for name in ("DimAccount", "DimDepartmentGroup", "DimOrganization", "DimScenario"):
        shutil.copy(FOLDER / f"DW.{name}.csv.gz", tmp_path)
    rows = gzip.decompress((FOLDER / "DW.FactFinance.csv.gz").read_bytes()).decode().splitlines()
    rows[1] = "1,20101229,3,1,1,777,22080.0,2010-12-29"
    rows[2] = "2,20101229,3,1,2,60,abc,2010-12-29"
    rows[3] = "3,20101229,3,1,2,61,1.005,2010-12-29"
    (tmp_path / "DW.FactFinance.csv.gz").write_bytes(gzip.compress("\n".join(rows).encode()))
    with pytest.raises(SystemExit) as stopped:
        call_command("load_profile", "adventureworks_finance", str(tmp_path))
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    for place in ("row 2, column AccountKey: '777'", "row 3, column Amount: 'abc'", "row 4, column Amount: '1.005'"):
        assert place in said
    assert not Company.objects.filter(code="AWC").exists()


@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
@pytest.mark.django_db
def test_a_missing_file_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        call_command("load_profile", "adventureworks_finance", str(tmp_path))
    assert "DW.FactFinance.csv.gz" in capsys.readouterr().err
