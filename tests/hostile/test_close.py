"""Attacks on assets, schedules, tax returns, e-invoices, charts, dimensions, what was known when, and kept forecasts, with raw SQL in the
application's own database role. Each is refused, and nothing has changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.assets.models import AssetClass, AssetUsage
from erp.assets.services import capitalise_asset, draft_asset, run_depreciation
from erp.compliance.models import Obligation, TaxReturn
from erp.compliance.services import compute_return, file_return, plan_tasks
from erp.dimensions.models import Dimension, DimensionRule, DimensionValue
from erp.einvoicing.models import ReceivedInvoice
from erp.forecasting.services import take_cash_forecast
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.models import Accrual, Deferral
from erp.schedules.services import activate_deferral, post_accrual
from erp.schedules.services.deferrals import plan_deferral
from suite.kernel.calendars.models import Period
from suite.kernel.documents.work import in_unit_of_work
from tests.factories.trade import Trade
from tests.hostile.digests import digests

pytestmark = pytest.mark.django_db
REFUSED = {"42501", "23514", "23505", "23503", "23502"}
WATCHED = (
    "erp_asset", "erp_assetmovement", "erp_depreciationrun", "erp_accrual", "erp_deferral", "erp_deferralinstalment", "erp_scheduledreversal",
    "erp_taxreturn", "erp_taxreturnbox", "erp_taxreturnentry", "erp_obligationtask", "erp_receivedinvoice", "erp_account", "erp_dimension",
    "erp_dimensionvalue", "erp_dimensionrule", "erp_journallinedimension", "erp_knownentry", "erp_knownallocation", "erp_cashforecast",
    "erp_cashforecastweek", "erp_journalentry", "erp_journalline", "kernel_statuschange",
)
ASSET = "(SELECT min(id) FROM erp_asset)"
FILED = "(SELECT min(id) FROM erp_taxreturn WHERE status = 'filed')"
POSTED = "(SELECT min(id) FROM erp_journalentry WHERE status = 'posted')"
LINE = "(SELECT min(line_id) FROM erp_journallinedimension)"
DEFERRAL = "(SELECT min(id) FROM erp_deferral)"
FORECAST = "(SELECT min(id) FROM erp_cashforecast)"
VALUE = "(SELECT min(id) FROM erp_dimensionvalue)"
CHILD = "(SELECT max(id) FROM erp_dimensionvalue WHERE dimension_id = (SELECT min(id) FROM erp_dimension))"
MOVEMENT = """INSERT INTO erp_assetmovement (company_id, asset_id, entry_id, kind, moved_on, cost, salvage, depreciation, proceeds, created_at)
    SELECT company_id, asset_id, {entry}, '{kind}', moved_on, {cost}, 0, {depreciation}, 0, now() FROM erp_assetmovement ORDER BY id LIMIT 1"""
WEEK = """INSERT INTO erp_cashforecastweek (company_id, forecast_id, week, ends_on, receipts, payments, closing)
    SELECT company_id, id, {week}, made_on + 7 * {week}, {receipts}, 0, opening + {receipts} FROM erp_cashforecast WHERE id = """ + FORECAST

ATTACKS = {
    # Assets
    "the cost of an asset": f"UPDATE erp_asset SET status = 'draft' WHERE id = {ASSET}",
    "an asset moved to another class": f"UPDATE erp_asset SET asset_class_id = (SELECT max(id) FROM erp_assetclass) WHERE id = {ASSET}",
    "an asset born in service": """INSERT INTO erp_asset SELECT (x).* FROM (
        SELECT jsonb_populate_record(a, '{"id": 99999, "number": "X"}') AS x FROM erp_asset a LIMIT 1) y""",
    "an asset deleted": f"DELETE FROM erp_asset WHERE id = {ASSET}",
    "all assets emptied out": "TRUNCATE erp_asset CASCADE",
    "the depreciation of a movement": "UPDATE erp_assetmovement SET depreciation = depreciation + 1 WHERE depreciation > 0",
    "a movement deleted": "DELETE FROM erp_assetmovement WHERE depreciation > 0",
    "movements emptied out": "TRUNCATE erp_assetmovement",
    "a movement on an entry that is posted": MOVEMENT.format(entry=POSTED, kind="depreciation", cost=0, depreciation=5),
    "a movement without an entry": MOVEMENT.format(entry="NULL", kind="depreciation", cost=0, depreciation=5),
    "a movement that moves nothing": MOVEMENT.format(entry=POSTED, kind="depreciation", cost=0, depreciation=0),
    "a movement of another company's asset": """INSERT INTO erp_assetmovement (company_id, asset_id, entry_id, kind, moved_on, cost, salvage, depreciation,
        proceeds, created_at) SELECT company_id + 1, asset_id, entry_id, kind, moved_on, 1, 0, 0, 0, now() FROM erp_assetmovement LIMIT 1""",
    "usage below zero": "UPDATE erp_assetusage SET units = -1",
    "a second run of a period": """INSERT INTO erp_depreciationrun (company_id, status, version, created_at, period_id, note, amount, asset_count)
        SELECT company_id, 'draft', 1, now(), period_id, '', 0, 0 FROM erp_depreciationrun LIMIT 1""",
    "the amount of a posted run": "UPDATE erp_depreciationrun SET amount = amount + 1",
    "a posted run made a draft": "UPDATE erp_depreciationrun SET status = 'draft', entry_id = NULL",
    "a posted run without its entry": "UPDATE erp_depreciationrun SET entry_id = NULL",
    "a posted run deleted": "DELETE FROM erp_depreciationrun",
    # Schedules
    "the amount of a posted accrual": "UPDATE erp_accrual SET amount = amount + 1",
    "a posted accrual deleted": "DELETE FROM erp_accrual",
    "a posted accrual made a draft": "UPDATE erp_accrual SET status = 'draft', entry_id = NULL",
    "a reversal put off": "UPDATE erp_scheduledreversal SET reverse_on = reverse_on + 400",
    "a reversal dropped": "DELETE FROM erp_scheduledreversal",
    "the amount of a running deferral": f"UPDATE erp_deferral SET amount = amount + 1 WHERE id = {DEFERRAL}",
    "a running deferral deleted": f"DELETE FROM erp_deferral WHERE id = {DEFERRAL}",
    "an instalment more": f"""INSERT INTO erp_deferralinstalment (company_id, deferral_id, position, due_on, amount)
        SELECT company_id, id, 99, ends_on, 5 FROM erp_deferral WHERE id = {DEFERRAL}""",
    "an instalment less": f"DELETE FROM erp_deferralinstalment WHERE deferral_id = {DEFERRAL} AND position = 3",
    "the amount of an instalment": f"UPDATE erp_deferralinstalment SET amount = amount + 1 WHERE deferral_id = {DEFERRAL} AND position = 3",
    "a deferral of nothing": f"UPDATE erp_deferral SET amount = 0 WHERE id = {DEFERRAL}",
    # Tax returns and the calendar
    "the tax of a filed return": f"UPDATE erp_taxreturn SET output_tax = output_tax + 1, payable = payable + 1 WHERE id = {FILED}",
    "a filed return opened again": f"UPDATE erp_taxreturn SET status = 'open', filed_on = NULL, snapshot = '' WHERE id = {FILED}",
    "a filed return deleted": f"DELETE FROM erp_taxreturnbox WHERE tax_return_id = {FILED}; DELETE FROM erp_taxreturnentry; DELETE FROM erp_taxreturn",
    "the hash of what was filed": f"UPDATE erp_taxreturn SET snapshot = repeat('0', 64) WHERE id = {FILED}",
    "a box of a filed return": f"UPDATE erp_taxreturnbox SET amount = amount + 1 WHERE tax_return_id = {FILED}",
    "a box more on a filed return": f"""INSERT INTO erp_taxreturnbox (company_id, tax_return_id, position, code, label, amount)
        SELECT company_id, id, 99, 'Z', 'z', 1 FROM erp_taxreturn WHERE id = {FILED}""",
    "an entry taken out of a filed return": f"DELETE FROM erp_taxreturnentry WHERE tax_return_id = {FILED}",
    "an entry reported twice": f"""INSERT INTO erp_taxreturnentry (company_id, tax_return_id, entry_id, output_tax, input_tax, is_correction)
        SELECT company_id, (SELECT id FROM erp_taxreturn WHERE status = 'open' LIMIT 1), entry_id, 1, 0, false FROM erp_taxreturnentry
         WHERE tax_return_id = {FILED}""",
    "entries of returns emptied out": "TRUNCATE erp_taxreturnentry",
    "a return that does not add up": "UPDATE erp_taxreturn SET payable = payable + 1 WHERE status = 'open'",
    "a return filed without a hash": "UPDATE erp_taxreturn SET status = 'filed' WHERE status = 'open'",
    "a task done without a day": "UPDATE erp_obligationtask SET status = 'done'",
    # E-invoices that came in
    "the amount of an e-invoice": "UPDATE erp_receivedinvoice SET gross = gross + 1",
    "the hash of an e-invoice's file": "UPDATE erp_receivedinvoice SET sha256 = repeat('0', 64)",
    "the file of an e-invoice": "UPDATE erp_receivedinvoice SET file = 'other.xml'",
    "an e-invoice billed without a bill": "UPDATE erp_receivedinvoice SET status = 'billed'",
    "an e-invoice deleted": "DELETE FROM erp_receivedinvoice",
    "the same file received again": """INSERT INTO erp_receivedinvoice SELECT (x).* FROM (
        SELECT jsonb_populate_record(a, '{"id": 99999, "number": "other"}') AS x FROM erp_receivedinvoice a LIMIT 1) y""",
    # Charts and dimensions
    "an account that is its own parent": "UPDATE erp_account SET parent_id = id WHERE code = '1010'",
    "two accounts in a ring": """UPDATE erp_account a SET parent_id = (SELECT id FROM erp_account b WHERE b.company_id = a.company_id AND b.code = '1000')
        WHERE code = '1010'; UPDATE erp_account a SET parent_id = (SELECT id FROM erp_account b WHERE b.company_id = a.company_id AND b.code = '1010')
        WHERE code = '1000'""",
    "an account with lines made a heading": "UPDATE erp_account SET is_heading = true WHERE id = (SELECT min(account_id) FROM erp_journalline)",
    "the type of an account with lines": "UPDATE erp_account SET type = 'equity' WHERE id = (SELECT account_id FROM erp_journalline ORDER BY id LIMIT 1)",
    "the control of an account with lines": "UPDATE erp_account SET control = '' WHERE code = '1100'",
    "an account with lines deleted": "DELETE FROM erp_account WHERE id = (SELECT min(account_id) FROM erp_journalline)",
    "a dimension on a posted line": f"UPDATE erp_journalline SET dimensions = 'CC:200' WHERE id = {LINE}",
    "a posted line's dimension dropped": f"UPDATE erp_journalline SET dimensions = '' WHERE id = {LINE}",
    "a value written beside the line": f"""INSERT INTO erp_journallinedimension (company_id, line_id, dimension_id, value_id)
        SELECT company_id, {LINE}, dimension_id, {VALUE} FROM erp_journallinedimension LIMIT 1""",
    "a value of a line changed beside it": f"UPDATE erp_journallinedimension SET value_id = {CHILD}",
    "a value of a line deleted": "DELETE FROM erp_journallinedimension",
    "a value moved to another dimension": f"UPDATE erp_dimensionvalue SET dimension_id = (SELECT max(id) FROM erp_dimension) WHERE id = {VALUE}",
    "a value that is its own parent": f"UPDATE erp_dimensionvalue SET parent_id = id WHERE id = {VALUE}",
    "two values in a ring": f"UPDATE erp_dimensionvalue SET parent_id = {CHILD} WHERE id = {VALUE}",
    "a value of another company's dimension": f"UPDATE erp_dimensionvalue SET company_id = company_id + 1 WHERE id = {VALUE}",
    "a used value deleted": "DELETE FROM erp_dimensionvalue WHERE id = (SELECT min(value_id) FROM erp_journallinedimension)",
    # What the books knew when
    "an entry known earlier": "UPDATE erp_knownentry SET known_at = known_at - interval '1 year'",
    "an entry never known": "DELETE FROM erp_knownentry",
    "an entry known at a time of one's own": f"INSERT INTO erp_knownentry (company_id, entry_id, known_at) SELECT company_id, {POSTED} + 1000000, now() "
    "FROM erp_journalentry LIMIT 1",
    "what was known emptied out": "TRUNCATE erp_knownentry",
    "an allocation known earlier": "UPDATE erp_knownallocation SET known_at = known_at - interval '1 year'",
    "an allocation never known": "DELETE FROM erp_knownallocation",
    # Forecasts
    "a forecast made right afterwards": "UPDATE erp_cashforecastweek SET receipts = receipts + 1, closing = closing + 1",
    "the opening of a forecast": "UPDATE erp_cashforecast SET opening = opening + 1",
    "a forecast forgotten": f"DELETE FROM erp_cashforecastweek WHERE forecast_id = {FORECAST}; DELETE FROM erp_cashforecast WHERE id = {FORECAST}",
    "forecasts emptied out": "TRUNCATE erp_cashforecast CASCADE",
    "a second forecast of a day": "INSERT INTO erp_cashforecast (company_id, made_on, opening, taken_at) SELECT company_id, made_on, 0, now() FROM erp_cashforecast",
    "a forecast without weeks": "INSERT INTO erp_cashforecast (company_id, made_on, opening, taken_at) SELECT company_id, made_on - 1, 0, now() FROM erp_cashforecast",
    "a week of a forecast written twice": WEEK.format(week=1, receipts=5),
    "a week beyond the horizon": WEEK.format(week=14, receipts=5),
    "a week with negative receipts": WEEK.format(week=13, receipts=-5),
    # Who did what
    "a status that was never left": "UPDATE kernel_statuschange SET actor_id = NULL",
    "a status change forgotten": "DELETE FROM kernel_statuschange",
}


@pytest.fixture
def closed():
    """An asset depreciated, an accrual, a deferral, a filed return and an open one, an e-invoice, dimensions, an allocation, a forecast; then the role."""
    trade = Trade(stock=())
    company, actor, first, last = trade.company, trade.actor, date(2026, 3, 1), date(2026, 3, 31)
    invoice = trade.invoice(trade.line(kind="service"))
    trade.pay("60", allocations=[(trade.items(invoice)[0].pk, Decimal(60))])
    kinds = [AssetClass.objects.create(company=company, code=code, name=code) for code in ("M", "N")]
    asset = draft_asset(company_id=company.pk, class_id=kinds[0].pk, name="Machine", cost=Decimal(600), acquired_on=first, actor=actor)
    capitalise_asset(asset, actor=actor, on=first)
    AssetUsage.objects.create(company=company, asset=asset, used_on=first, units=1)
    run_depreciation(period=Period.objects.get(company=company, year__code="2026", number=3), actor=actor)
    post_accrual(Accrual.objects.create(company=company, accrued_on=last, amount=Decimal(80), description="Cleaning"), actor=actor)
    deferral = Deferral.objects.create(company=company, description="Insurance", amount=Decimal(120), booked_on=first, starts_on=first, ends_on=date(2026, 6, 30))
    in_unit_of_work(lambda: plan_deferral(deferral, actor=actor), actor=actor)
    activate_deferral(deferral, actor=actor)
    Obligation.objects.create(company=company, name="VAT", starts_on=first)
    plan_tasks(company_id=company.pk, on=date(2026, 4, 2), actor=actor)
    march = compute_return(TaxReturn.objects.get(company=company, starts_on=first), actor=actor)
    file_return(march, actor=actor)
    ReceivedInvoice.objects.create(
        company=company, syntax="ubl", file=ContentFile(b"<Invoice/>", name="a.xml"), file_name="a.xml", sha256="a" * 64, seller_name="S", seller_key="s",
        issued_on=first, currency_code="EUR", gross=10, net=10, number="R-1")
    centre, project = (Dimension.objects.create(company=company, code=code, name=code) for code in ("CC", "PRJ"))
    top = DimensionValue.objects.create(company=company, dimension=centre, code="100", name="100")
    DimensionValue.objects.create(company=company, dimension=centre, code="200", name="200", parent=top)
    DimensionRule.objects.create(company=company, dimension=project, account=Account.objects.get(company=company, code="6100"), is_active=False)
    post_entry(
        company_id=company.pk, journal_kind="general", ledger_date=last, description="With a cost centre", actor=actor, lines=[
            EntryLine(role=AccountRole.EXPENSE, amount=Decimal(5), dimensions=(top.pk,)), EntryLine(role=AccountRole.BANK, amount=Decimal(-5))])
    take_cash_forecast(company_id=company.pk, on=last, actor=actor)
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
def test_what_is_settled_stays(closed, name):
    before = snapshot()

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[name])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused.value.__cause__.pgcode in REFUSED, refused.value
    assert snapshot() == before
