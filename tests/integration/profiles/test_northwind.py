"""The whole of Northwind, once, against its own known results."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from erp.inventory.models import StockLevel
from integration.management.commands.doctor import examine
from integration.trace.selectors import orphans
from suite.runtime.places import ROOT

FOLDER = Path(settings.SHARED_DATA) / "northwind"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not FOLDER.is_dir(), reason=f"there is no {FOLDER} (setting SHARED_DATA)")
def test_northwind_moves_in_to_the_cent(application_environment):
    loaded = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "load_profile", "northwind", str(FOLDER), "--json"],
        env=application_environment, capture_output=True, text=True, timeout=400, check=False,
    )

    assert loaded.returncode == 0, loaded.stderr[-2000:]
    figures = json.loads(loaded.stdout)
    assert {name: figures[name] for name in ("orders", "lines", "units", "net_total", "freight", "dispatched", "open")} == {
        "orders": 830, "lines": 2155, "units": 51317, "net_total": 1265793.29, "freight": 64942.69, "dispatched": 809, "open": 21,
    }
    assert figures["differences"] == []
    assert figures["compared"] == {
        "customer": 89, "customer_country": 21, "month": 23, "year": 3, "product": 77, "category": 8, "sales_representative": 9, "carrier": 3,
        "supplier_country": 16,
    }
    assert figures["seconds"] < 180
    assert sum(StockLevel.objects.values_list("on_hand", flat=True)) == 3119
    assert {name: found for name, found in examine().items() if found["violations"]} == {}
    assert orphans() == {}
