"""What a controller gets wrong, through the doors that people and programs use: status, a sentence, and not one row changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from erp.assets.models import AssetClass
from erp.assets.services import capitalise_asset, draft_asset, run_depreciation
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from suite.kernel.calendars.models import Period
from tests.factories.currencies import ForeignTrade
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db
BOOKS = sorted(model._meta.db_table for model in apps.get_app_config("erp").get_models())


def facts() -> list[tuple[str, int, bytes]]:
    """Every row of every table of the books, as a digest."""
    found = []
    with connection.cursor() as cursor:
        for table in BOOKS:
            cursor.execute(f"SELECT count(*), sha256(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')::bytea) FROM {table} t")
            count, digest = cursor.fetchone()
            found.append((table, count, bytes(digest)))
    return found


def draft(trade: Trade, *lines: tuple[str, int, int], on=DAY) -> JournalEntry:
    entry = JournalEntry.objects.create(
        company=trade.company, journal=Journal.objects.get(company=trade.company, kind="general"), ledger_date=on, description="By hand",
        created_by=trade.actor)
    for position, (code, debit, credit) in enumerate(lines, 1):
        JournalLine.objects.create(
            company=trade.company, entry=entry, position=position, account=Account.objects.get(company=trade.company, code=code), debit=debit, credit=credit)
    return entry


def refused(client, address, body=None, *, status=422) -> dict:
    """The problem that the API answers; nothing of the books is another."""
    before = facts()
    answer = client.post(address, body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content
    assert facts() == before
    return answer.json()


@pytest.fixture
def trade(client) -> Trade:
    made = Trade(stock=())
    client.force_login(made.actor)
    return made


def test_an_entry_into_a_closed_period(client, trade):
    entry = draft(trade, ("6100", 5, 0), ("1010", 0, 5))
    Period.objects.filter(company=trade.company, starts_on=date(2026, 3, 1)).update(status="closed")
    said = refused(client, f"/api/v1/erp/journal-entries/{entry.pk}/post/")
    assert said["code"] == "period_open"
    assert "closed" in said["detail"]


def test_an_entry_that_does_not_balance_and_one_on_a_control_account(client, trade):
    assert refused(client, f"/api/v1/erp/journal-entries/{draft(trade, ('6100', 5, 0), ('1010', 0, 4)).pk}/post/")["code"] == "entry_balances"
    assert refused(client, f"/api/v1/erp/journal-entries/{draft(trade, ('1100', 5, 0), ('1010', 0, 5)).pk}/post/")["code"] == "control_account"
    assert refused(client, f"/api/v1/erp/journal-entries/{draft(trade, ('6100', 5, 0)).pk}/post/")["code"] == "entry_has_two_lines"


def test_an_invoice_in_a_currency_without_a_rate(client):
    trade = ForeignTrade(stock=())
    client.force_login(trade.actor)
    invoice = trade.draft(trade.line(kind="service"), currency_id="EUR")
    said = refused(client, f"/api/v1/erp/customer-invoices/{invoice.pk}/post/", {"issued_on": DAY.isoformat()})
    assert said["code"] == "rate_missing"
    assert "EUR" in said["detail"] and "2026" in said["detail"]


def test_a_depreciation_run_twice(client, trade):
    kind = AssetClass.objects.create(company=trade.company, code="IT", name="Computers", life_months=12)
    asset = draft_asset(company_id=trade.company.pk, class_id=kind.pk, name="Server", cost=Decimal(1200), acquired_on=DAY, actor=trade.actor)
    capitalise_asset(asset, actor=trade.actor, on=DAY)
    period = Period.objects.get(company=trade.company, starts_on=date(2026, 3, 1), is_closing=False)
    run = run_depreciation(period=period, actor=trade.actor)

    before = facts()
    again = client.post("/api/v1/erp/depreciation-runs/", {"period": period.pk}, content_type="application/json")
    assert again.status_code in (400, 409, 422), again.content
    assert "period" in again.content.decode()
    posted = client.post(f"/api/v1/erp/depreciation-runs/{run.pk}/post/", {}, content_type="application/json")
    assert posted.status_code == 409
    assert facts() == before


def test_a_chart_with_a_ring(client, trade):
    before = facts()
    answer = client.post(reverse("erp:chart_import"), {
        "file": SimpleUploadedFile("ring.csv", b"code,name,parent_id,is_group,type,id\n,Root,,1,fr,root\n2,A,b,1,x,a\n3,B,a,1,x,b\n")})
    assert answer.status_code == 422
    assert "Row 3" in answer.content.decode()
    assert facts() == before
