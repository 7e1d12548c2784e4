"""Attacks on expense claims, advances and freight with raw SQL in the application's own database role. Each is refused, and nothing has changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.claims.services import reimburse_claim, submit_claim
from erp.freight.services import accrue_freight
from suite.kernel.parties.models import Party
from tests.factories.claims import Claiming
from tests.hostile.digests import digests

pytestmark = pytest.mark.django_db
WATCHED = (
    "erp_expenseclaim", "erp_expenseclaimline", "erp_expensereceipt", "erp_employeeadvance", "erp_employeepayment", "erp_clearingitem",
    "erp_journalentry", "erp_journalline", "erp_freightaccrual",
)
REFUSED = {"42501", "23514", "23505", "23503", "23502"}
POSTED = "(SELECT min(id) FROM erp_expenseclaim WHERE status = 'posted')"
DRAFT = "(SELECT min(id) FROM erp_expenseclaim WHERE status = 'draft')"
SUBMITTED = "(SELECT min(id) FROM erp_expenseclaim WHERE status = 'submitted')"
OWN = "(SELECT user_id FROM erp_employeeuser LIMIT 1)"
BOSS = "(SELECT min(approved_by_id) FROM erp_expenseclaim)"
ADVANCE = "(SELECT min(id) FROM erp_employeeadvance WHERE status = 'paid')"
ASKED = "(SELECT min(id) FROM erp_employeeadvance WHERE status = 'draft')"
PAYMENT = "(SELECT min(id) FROM erp_employeepayment WHERE kind = 'reimbursement')"
ITEM = """
    INSERT INTO erp_clearingitem (company_id, role, account_id, entry_id, order_line_key, line_key, invoice_line_key, quantity, amount, created_at)
    SELECT company_id, role, account_id, {entry}, order_line_key, {key}, '', {amount}, {amount}, now()
      FROM erp_clearingitem WHERE role = '{role}' ORDER BY id LIMIT 1"""
ATTACKS = {
    "more in an employee's hand": f"UPDATE erp_employeeadvance SET amount = amount + 1, open_amount = open_amount + 1 WHERE id = {ADVANCE}",
    "an advance of somebody else": f"UPDATE erp_employeeadvance SET claimant_id = (SELECT max(id) FROM kernel_party) WHERE id = {ADVANCE}",
    "an advance paid without an entry": f"UPDATE erp_employeeadvance SET status = 'paid', open_amount = amount, approved_by_id = {BOSS} WHERE id = {ASKED}",
    "an advance approved by its employee": f"UPDATE erp_employeeadvance SET status = 'approved', approved_by_id = {OWN} WHERE id = {ASKED}",
    "a paid advance deleted": f"DELETE FROM erp_employeeadvance WHERE id = {ADVANCE}",
    "a claim approved by its claimant": f"UPDATE erp_expenseclaim SET status = 'approved', approved_by_id = {OWN} WHERE id = {SUBMITTED}",
    "a claim approved by nobody": f"UPDATE erp_expenseclaim SET status = 'approved' WHERE id = {SUBMITTED}",
    "a draft approved unsubmitted": f"UPDATE erp_expenseclaim SET status = 'approved', approved_by_id = {BOSS}, submitted_by_id = {OWN} WHERE id = {DRAFT}",
    "a claim posted without an entry": f"UPDATE erp_expenseclaim SET status = 'posted', approved_by_id = {BOSS}, ledger_date = now() WHERE id = {SUBMITTED}",
    "a claim with another claim's entry": f"""
        UPDATE erp_expenseclaim SET status = 'approved', approved_by_id = {BOSS} WHERE id = {SUBMITTED};
        UPDATE erp_expenseclaim SET entry_id = (SELECT entry_id FROM erp_employeepayment LIMIT 1), ledger_date = now(), status = 'posted'
         WHERE status = 'approved'""",
    "a larger submitted claim": f"UPDATE erp_expenseclaim SET net = net + 1, gross = gross + 1 WHERE id = {SUBMITTED}",
    "a larger posted claim": f"UPDATE erp_expenseclaim SET net = net + 1, gross = gross + 1 WHERE id = {POSTED}",
    "a posted claim of somebody else": f"UPDATE erp_expenseclaim SET claimant_id = (SELECT max(id) FROM kernel_party) WHERE id = {POSTED}",
    "a claim reversed without its entry": f"UPDATE erp_expenseclaim SET status = 'reversed' WHERE id = {POSTED}",
    "a posted claim deleted": f"DELETE FROM erp_expenseclaim WHERE id = {POSTED}",
    "a line of a posted claim": f"UPDATE erp_expenseclaimline SET net = net + 1, gross = gross + 1 WHERE claim_id = {POSTED}",
    "a line of a submitted claim deleted": f"DELETE FROM erp_expenseclaimline WHERE claim_id = {SUBMITTED}",
    "a line moved to another claim": f"UPDATE erp_expenseclaimline SET claim_id = {SUBMITTED} WHERE claim_id = {DRAFT}",
    "a negative line": f"UPDATE erp_expenseclaimline SET quantity = -1 WHERE claim_id = {DRAFT}",
    "the same receipt again": f"""
        INSERT INTO kernel_attachment (company_id, content_type_id, object_id, file, name, media_type, size, sha256, author_id, at)
        SELECT company_id, content_type_id, object_id, 'x', name, media_type, size, sha256, author_id, now() FROM kernel_attachment LIMIT 1;
        INSERT INTO erp_expensereceipt (company_id, claim_id, attachment_id, sha256)
        SELECT r.company_id, {DRAFT}, (SELECT max(id) FROM kernel_attachment), r.sha256 FROM erp_expensereceipt r LIMIT 1""",
    "the receipt of a submitted claim": "DELETE FROM erp_expensereceipt",
    "a smaller payment": f"UPDATE erp_employeepayment SET amount = amount - 1 WHERE id = {PAYMENT}",
    "a payment reversed without its entry": f"UPDATE erp_employeepayment SET status = 'reversed' WHERE id = {PAYMENT}",
    "a payment deleted": f"DELETE FROM erp_employeepayment WHERE id = {PAYMENT}",
    "a payment out of thin air": f"""
        INSERT INTO erp_employeepayment (company_id, number, status, version, created_at, kind, employee_id, claim_id, bank_account_id, paid_on, amount,
               is_on_statement, entry_id)
        SELECT company_id, 'X-1', 'posted', 1, now(), kind, employee_id, claim_id, bank_account_id, paid_on, 1, false,
               (SELECT entry_id FROM erp_expenseclaim WHERE id = {POSTED}) FROM erp_employeepayment WHERE id = {PAYMENT}""",
    "an item of a posted entry": ITEM.format(entry="entry_id", key="line_key", amount="1", role="EMPLOYEE_ADVANCES"),
    "an item of no advance": ITEM.format(entry="entry_id", key="'erp.employeeadvance:0'", amount="1", role="EMPLOYEE_ADVANCES"),
    "everything emptied": "TRUNCATE erp_employeeadvance CASCADE",
    "a smaller freight accrual": "UPDATE erp_freightaccrual SET amount = amount - 1",
    "freight of another carrier": "UPDATE erp_freightaccrual SET carrier_id = (SELECT min(id) FROM kernel_party)",
    "freight deleted": "DELETE FROM erp_freightaccrual",
    "freight out of thin air": """
        INSERT INTO erp_freightaccrual (company_id, number, status, version, created_at, shipment_key, order_key, carrier_id, accrued_on, amount,
               open_amount, entry_id, reason)
        SELECT company_id, 'SH-9', 'open', 1, now(), 'scm.shipment:9', '', carrier_id, accrued_on, 1, 0,
               (SELECT min(id) FROM erp_journalentry), '' FROM erp_freightaccrual LIMIT 1""",
}
# What the database itself puts right: nobody is told, and nothing changes.
KEPT = {
    "what is open of an advance": f"UPDATE erp_employeeadvance SET open_amount = 0 WHERE id = {ADVANCE}",
    "an advance called settled": f"UPDATE erp_employeeadvance SET status = 'settled' WHERE id = {ADVANCE}",
    "what is owed for a claim": f"UPDATE erp_expenseclaim SET open_amount = 0 WHERE id = {POSTED}",
    "a claim called paid": f"UPDATE erp_expenseclaim SET status = 'paid' WHERE id = {POSTED}",
    "what is open of freight": "UPDATE erp_freightaccrual SET open_amount = 0, status = 'billed'",
}


@pytest.fixture
def claims(settings, tmp_path):
    """A draft, a submitted claim with its receipt, one posted and paid in part; an advance asked for and one in hand; freight. The application's role."""
    settings.MEDIA_ROOT = tmp_path
    made = Claiming()
    made.draft(made.line("5"))
    made.asked("50")
    claim = made.post()
    reimburse_claim(claim, actor=made.accountant, bank_account_id=made.bank.pk, amount=Decimal(20), paid_on=claim.ledger_date)
    made.advance("100")
    waiting = made.draft(made.line("7"))
    made.attach(waiting)
    submit_claim(waiting, actor=made.user)
    carrier = Party.objects.create(company=made.company, name="Carrier", number="C-1", is_supplier=True, is_carrier=True)
    accrue_freight(
        company_id=made.company.pk, shipment_key="scm.shipment:1", shipment_number="SH-1", order_key="", carrier_id=carrier.pk, amount=Decimal(15),
        accrued_on=date(2026, 3, 10), actor=made.accountant,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute('SET ROLE "suite_app"')
    yield made
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def snapshot() -> list:
    return digests(WATCHED)


@pytest.mark.parametrize("name", ATTACKS)
def test_claims_stay_as_they_are(claims, name):
    before = snapshot()

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[name])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused.value.__cause__.pgcode in REFUSED
    assert snapshot() == before


@pytest.mark.parametrize("name", KEPT)
def test_what_is_derived_stays_derived(claims, name):
    before = snapshot()
    with connection.cursor() as cursor:
        cursor.execute(KEPT[name])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert snapshot() == before
