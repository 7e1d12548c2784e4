"""A company moves in through the services that people use; it may be interrupted and repeated."""

import json
import signal
import subprocess
import sys
import time
from collections import defaultdict
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from crm.orders.models import Order
from erp.inventory.models import StockLevel
from erp.ledger.models import JournalLine
from erp.receivables.models import CustomerInvoice
from integration.management.commands.doctor import examine
from integration.profiles.moving import move_in, profile_named
from integration.trace.selectors import orphans
from suite.kernel.companies.models import Company
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.runtime.places import ROOT
from tests.factories.northwind_files import net_of, write_file, write_source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source(tmp_path):
    return tmp_path, write_source(tmp_path)


def rows_of_all_tables() -> dict[str, int]:
    counts = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(model._meta.db_table)}")
            counts[model._meta.label] = cursor.fetchone()[0]
    return counts


def books() -> dict[str, object]:
    """What the books, the stock and the orders say, by names that do not depend on the run."""
    accounts = defaultdict(Decimal)
    for code, day, debit, credit in JournalLine.objects.values_list("account__code", "ledger_date", "debit", "credit"):
        accounts[code, day] += debit - credit
    return {
        "accounts": dict(accounts),
        "stock": dict(StockLevel.objects.values_list("product__sku", "on_hand")),
        "reserved": dict(StockLevel.objects.values_list("product__sku", "reserved")),
        "orders": sorted(Order.objects.values_list("source_key", "status", "delivery_status", "invoice_status", "gross")),
        "invoices": sorted(CustomerInvoice.objects.filter(status="posted").values_list("number", "issued_on", "gross")),
    }


def healthy() -> None:
    assert {name: found for name, found in examine().items() if found["violations"]} == {}
    assert orphans() == {}


def test_the_suite_adds_up_to_what_the_source_says(as_application, source):
    folder, rows = source
    dispatched = [row["order_id"] for row in rows["orders"] if row["shipped_date"]]

    figures = move_in(profile_named("northwind"), folder, say=lambda line: None)

    assert figures.differences == []
    assert sorted(figures.compared) == [
        "carrier", "category", "customer", "customer_country", "month", "product", "sales_representative", "supplier_country", "year",
    ]
    assert (figures.orders, figures.lines, figures.dispatched, figures.open) == (30, len(rows["order_details"]), 27, 3)
    assert figures.units == sum(int(line["quantity"]) for line in rows["order_details"])
    assert figures.net_total == sum(net_of(line) for line in rows["order_details"])
    assert figures.freight == sum(Decimal(row["freight"]) for row in rows["orders"])
    goods = sum(net_of(line) for line in rows["order_details"] if line["order_id"] in dispatched)
    freight = sum(Decimal(row["freight"]) for row in rows["orders"] if row["shipped_date"])
    assert figures.invoiced == goods + freight
    assert sum(CustomerInvoice.objects.filter(status="posted").values_list("gross", flat=True)) == goods + freight
    healthy()


def test_everything_stands_on_its_own_day(source):
    folder, rows = source
    move_in(profile_named("northwind"), folder, say=lambda line: None)

    for row in rows["orders"]:
        order = Order.objects.get(source_key=f"northwind/order/{row['order_id']}")
        invoices = CustomerInvoice.objects.filter(order_key=order.key, status="posted")
        assert str(order.order_date) == row["order_date"]
        assert [str(invoice.issued_on) for invoice in invoices] == ([row["shipped_date"]] if row["shipped_date"] else [])
        assert order.status == ("completed" if row["shipped_date"] else "confirmed")


def test_stock_on_hand_is_what_the_source_has_now(source):
    folder, rows = source
    move_in(profile_named("northwind"), folder, say=lambda line: None)

    on_hand = defaultdict(Decimal)
    for sku, quantity in StockLevel.objects.values_list("product__sku", "on_hand"):
        on_hand[sku] += quantity
    assert {row["product_id"]: on_hand[row["product_id"]] for row in rows["products"]} == {
        row["product_id"]: Decimal(row["units_in_stock"]) for row in rows["products"]
    }


def test_master_data_comes_along(source):
    folder, _rows = source
    move_in(profile_named("northwind"), folder, say=lambda line: None)

    liv = Party.objects.get(source_key="northwind/employee/1")
    assert (liv.name, liv.reports_to.name, liv.is_employee) == ("Liv Berg", "Ana Ruiz", True)
    assert Product.objects.get(sku="5").is_active is False
    assert Party.objects.get(number="ÇÇÇÇÇ").addresses.get().street == "Street 1\nBack yard"


def test_the_second_run_changes_nothing(source):
    folder, _rows = source
    first = move_in(profile_named("northwind"), folder, say=lambda line: None)
    before, books_before = rows_of_all_tables(), books()

    second = move_in(profile_named("northwind"), folder, say=lambda line: None)

    assert second == first
    assert rows_of_all_tables() == before
    assert books() == books_before


def test_a_killed_run_is_continued_to_the_same_books(source, application_environment):
    folder, _rows = source
    move_in(profile_named("northwind"), folder, say=lambda line: None)
    undisturbed = books()
    TransactionTestCase._fixture_teardown(None)
    command = [sys.executable, str(ROOT / "manage.py"), "load_profile", "northwind", str(folder), "--json"]

    killed = subprocess.Popen(command, env=application_environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while CustomerInvoice.objects.filter(status="posted").count() < 8:
        assert killed.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert 8 <= CustomerInvoice.objects.filter(status="posted").count() < 27
    again = subprocess.run(command, env=application_environment, capture_output=True, text=True, check=True, timeout=120)

    assert json.loads(again.stdout)["differences"] == []
    assert books() == undisturbed
    healthy()


def test_a_row_that_cannot_be_taken_leaves_nothing_behind(source, capsys):
    folder, rows = source
    rows["order_details"][3]["product_id"] = "99"
    write_file(folder, "order_details", rows["order_details"])
    before = rows_of_all_tables()

    with pytest.raises(SystemExit) as ended:
        call_command("load_profile", "northwind", str(folder))

    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "order_details.csv, row 5, column product_id: '99': there is no product with this key" in said
    assert "nothing was written" in said
    assert rows_of_all_tables() == before
    assert not Company.objects.exists()


def test_a_figure_that_differs_from_the_source_is_listed(source, capsys):
    folder, rows = source
    oracle = folder / "oracle_by_year.csv"
    oracle.write_text(oracle.read_text(encoding="utf-8").replace("1997,30,", "1997,31,"), encoding="utf-8")

    with pytest.raises(SystemExit) as ended:
        call_command("load_profile", "northwind", str(folder))

    assert ended.value.code == 1
    total = sum(net_of(line) for line in rows["order_details"])
    lines = len(rows["order_details"])
    assert f"DIFFERENT oracle_by_year.csv: 1997: expected 31 orders, {lines} lines, {total}, found 30 orders, {lines} lines, {total}" in (
        capsys.readouterr().out
    )
