"""Attacks on dunning, allowances, set-offs and claims with raw SQL in the application's own role. Each is refused, and nothing has changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.allowances.invariants import check_allowance
from erp.allowances.models import AllowanceRate
from erp.allowances.services import draft_allowance, post_allowance
from erp.carrierclaims.models import CarrierClaim
from erp.carrierclaims.services import post_carrier_claim
from erp.dunning.invariants import check_dunning
from erp.dunning.models import DunningNotice
from erp.payables.services import BillLineInput, draft_bill, post_bill
from erp.settlements.models import SetOff, SmallBalanceRun
from erp.settlements.services import post_set_off, post_small_balances
from suite.kernel.parties.models import Party
from tests.factories.overdue import ISSUED, Overdue
from tests.hostile.test_books import WATCHED, as_application_later  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LATE = ISSUED + timedelta(days=100)
TABLES = (
    *WATCHED, "erp_dunninglevel", "erp_dunningrun", "erp_dunningnotice", "erp_dunningnoticeline", "erp_dunningblock", "erp_allowance", "erp_allowanceline",
    "erp_setoff", "erp_smallbalancerun", "erp_smallbalance", "erp_carrierclaim",
)


def snapshot() -> list:
    found = []
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*), sha256(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')::bytea) FROM {table} t")
            count, digest = cursor.fetchone()
            found.append((table, count, bytes(digest)))
    return found


@pytest.fixture
def books(as_application_later):  # noqa: F811
    trade = Overdue()
    other = trade.another(name="Other")
    invoice, trade.foreign = trade.bill(), trade.bill("200", customer=other)
    trade.dun_to(2)
    trade.issued = DunningNotice.objects.get(run__as_of=ISSUED + timedelta(days=22), customer=trade.customer)
    AllowanceRate.objects.create(company=trade.company, age="older", percent=Decimal(50))
    trade.allowance = post_allowance(draft_allowance(company_id=trade.company.pk, as_of=LATE, actor=trade.actor), actor=trade.actor)
    Party.objects.filter(pk=trade.customer.pk).update(is_supplier=True, is_carrier=True)
    trade.customer.refresh_from_db()
    post_bill(draft_bill(
        company_id=trade.company.pk, supplier_id=trade.customer.pk, supplier_reference="R-1", issued_on=ISSUED, actor=trade.actor,
        lines=[BillLineInput("Cleaning", Decimal(1), Decimal(40), tax_id=trade.tax.pk)]), actor=trade.actor, ledger_date=ISSUED)
    trade.set_off = post_set_off(SetOff.objects.create(company=trade.company, party=trade.customer, set_off_on=LATE, amount=Decimal(10)), actor=trade.actor)
    trade.pay("219.99", on=LATE, customer=other, allocations=[(trade.item(trade.foreign).pk, Decimal("219.99"))])
    trade.company.payment_tolerance = Decimal("0.5")
    trade.company.save()
    trade.small = post_small_balances(
        SmallBalanceRun.objects.create(company=trade.company, as_of=LATE, most=Decimal("0.05"), min_days=0), actor=trade.actor)
    trade.claim = post_carrier_claim(
        CarrierClaim.objects.create(company=trade.company, carrier=trade.customer, shipment_key="scm.shipment:1", amount=Decimal(30), claimed_on=LATE),
        actor=trade.actor)
    trade.third = trade.bill("70", on=LATE - timedelta(days=20))
    trade.open_run = trade.propose(LATE)
    trade.proposed = DunningNotice.objects.get(run=trade.open_run, customer=trade.customer)
    trade.dunned = trade.item(invoice)
    as_application_later()
    return trade


LINE = """
    INSERT INTO erp_dunningnoticeline (company_id, position, notice_id, run_id, item_id, level_before, level, days_overdue, open_amount, interest_from,
                                       interest, is_issued)
    VALUES ({company}, 9, %(notice)s, %(run)s, %(item)s, %(before)s, %(level)s, 30, 10, '2026-03-11', 0, %(issued)s)"""
CHARGE = """
    INSERT INTO erp_openitem (company_id, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount, currency_id,
                              amount_currency, open_currency)
    SELECT company_id, account_id, party_id, entry_id, 'dunning_fee', 'erp.dunningnotice:{proposed}', issued_on, due_on, 5, 5, currency_id, 5, 5
      FROM erp_openitem WHERE id = {item}"""
ROW = """
    INSERT INTO erp_clearingitem (company_id, role, account_id, entry_id, order_line_key, line_key, invoice_line_key, quantity, amount, created_at)
    SELECT company_id, role, account_id, entry_id, order_line_key, '%s', '', quantity, amount, now() FROM erp_clearingitem
     WHERE role = 'ALLOWANCE_BAD_DEBT' LIMIT 1"""
ATTACKS = {
    "an issued letter's fee": "UPDATE erp_dunningnotice SET fee = 1, total = total + 1 - fee WHERE id = {issued}",
    "an issued letter deleted": "DELETE FROM erp_dunningnotice WHERE id = {issued}",
    "an issued letter back to proposed": "UPDATE erp_dunningnotice SET status = 'proposed', number = NULL WHERE id = {issued}",
    "an issued line's level": "UPDATE erp_dunningnoticeline SET level = 1, level_before = 0 WHERE notice_id = {issued}",
    "a line added to an issued letter": LINE % {"notice": "{issued}", "run": "{run}", "item": "{third}", "before": 0, "level": 1, "issued": "true"},
    "a level without a letter": LINE % {"notice": "{proposed}", "run": "{open_run}", "item": "{item}", "before": 2, "level": 3, "issued": "true"},
    "an item twice in a run": LINE % {"notice": "{proposed}", "run": "{open_run}", "item": "{third}", "before": 1, "level": 2, "issued": "false"},
    "two levels at once": "UPDATE erp_dunningnoticeline SET level = 3 WHERE notice_id = {proposed}",
    "another customer's item in a letter": LINE % {
        "notice": "{proposed}", "run": "{open_run}", "item": "{foreign}", "before": 0, "level": 1, "issued": "false"},
    "a letter issued without its run": "UPDATE erp_dunningnotice SET status = 'issued', number = 'X' WHERE id = {proposed}",
    "a letter waived without an entry": "UPDATE erp_dunningnotice SET status = 'waived' WHERE id = {issued}",
    "a letter waived by any entry": "UPDATE erp_dunningnotice SET status = 'waived', waiver_id = {entry} WHERE id = {issued}",
    "a fee that no letter asks for": CHARGE,
    "a second open run": "INSERT INTO erp_dunningrun (company_id, status, version, created_at, as_of, letters, fees, interest)"
                         " VALUES ({company}, 'draft', 1, now(), '2026-05-01', 0, 0, 0)",
    "a posted run opened again": "UPDATE erp_dunningrun SET status = 'proposed' WHERE id = {run}",
    "a gap between levels": "UPDATE erp_dunninglevel SET position = 7 WHERE company_id = {company} AND position = 3",
    "a level in the middle deleted": "DELETE FROM erp_dunninglevel WHERE company_id = {company} AND position = 3;"
                                     " UPDATE erp_dunninglevel SET position = 9 WHERE company_id = {company} AND position = 1",
    "a fee below zero": "UPDATE erp_dunninglevel SET fee = -1 WHERE company_id = {company}",
    "a block without a reason": "INSERT INTO erp_dunningblock (company_id, customer_id, kind, reason, until, created_at)"
                                " VALUES ({company}, {customer}, 'other', '  ', '2099-01-01', now())",
    "a block on another customer's item": "INSERT INTO erp_dunningblock (company_id, customer_id, item_id, kind, reason, until, created_at)"
                                          " VALUES ({company}, {customer}, {foreign}, 'other', 'x', '2099-01-01', now())",
    "a posted allowance's line": "UPDATE erp_allowanceline SET target = 0, delta = -existing WHERE allowance_id = {allowance}",
    "a posted allowance's sum": "UPDATE erp_allowance SET target = 1, delta = 1 - existing WHERE id = {allowance}",
    "a posted allowance deleted": "DELETE FROM erp_allowance WHERE id = {allowance}",
    "an allowance row in a posted entry": ROW % "erp.openitem:{item}",
    "an allowance for nothing": ROW % "erp.openitem:0",
    "an allowance row changed": "UPDATE erp_clearingitem SET amount = -1 WHERE role = 'ALLOWANCE_BAD_DEBT'",
    "a posted set-off's amount": "UPDATE erp_setoff SET amount = 5 WHERE id = {set_off}",
    "a set-off posted by hand": "INSERT INTO erp_setoff (company_id, status, version, created_at, party_id, set_off_on, amount, reason, entry_id)"
                                " VALUES ({company}, 'posted', 1, now(), {customer}, '2026-05-01', 5, '', {entry})",
    "a posted small balance": "DELETE FROM erp_smallbalance WHERE run_id = {small}",
    "a small balances run that gave up more": "UPDATE erp_smallbalancerun SET given_up = 9 WHERE id = {small}",
    "a claim larger than its entry": "UPDATE erp_carrierclaim SET amount = 99 WHERE id = {claim}",
    "a shipment claimed twice": "INSERT INTO erp_carrierclaim (company_id, status, version, created_at, carrier_id, shipment_key, shipment_number,"
                                " tracking_number, loss, amount, claimed_on, reference)"
                                " VALUES ({company}, 'draft', 1, now(), {customer}, 'scm.shipment:1', '', '', 0, 5, '2026-05-01', '')",
    "letters emptied": "TRUNCATE erp_dunningnotice CASCADE",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_refused(books, attack):
    before = snapshot()
    names = {
        "company": books.company.pk, "customer": books.customer.pk, "issued": books.issued.pk, "run": books.issued.run_id, "proposed": books.proposed.pk,
        "open_run": books.open_run.pk, "item": books.dunned.pk, "third": books.item(books.third).pk, "foreign": books.item(books.foreign).pk,
        "allowance": books.allowance.pk, "set_off": books.set_off.pk, "small": books.small.pk, "claim": books.claim.pk, "entry": books.allowance.entry_id,
    }

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[attack].format(**names))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert snapshot() == before
    assert check_dunning(books.company.pk) == check_allowance(books.company.pk) == []
