"""Attacks on payment batches and mandates with raw SQL in the application's own database role. Each is refused, and nothing has changed."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from erp.paymentruns.services import approve_batch, cancel_mandate, reject_batch
from tests.factories.base import make_customer
from tests.factories.payment_runs import IBANS, PAY_ON, Paying
from tests.hostile.digests import digests

pytestmark = pytest.mark.django_db
WATCHED = ("erp_paymentbatch", "erp_paymentbatchline", "erp_mandate", "erp_supplierpayment", "erp_supplierbankaccount", "erp_journalentry", "erp_journalline")
REFUSED = {"42501", "23514", "23505", "23503", "23502"}


def batch(status: str) -> str:
    return f"(SELECT min(id) FROM erp_paymentbatch WHERE status = '{status}')"


def lines(status: str) -> str:
    return f"WHERE batch_id = {batch(status)}"


PROPOSER = f"(SELECT created_by_id FROM erp_paymentbatch WHERE id = {batch('proposed')})"
SOMEBODY = "(SELECT approved_by_id FROM erp_paymentbatch WHERE approved_by_id IS NOT NULL LIMIT 1)"
SEND = (
    "UPDATE erp_paymentbatch SET status = 'exported', exported_by_id = {who}, exported_at = now(), file_sha256 = 'x',"
    " file_id = (SELECT file_id FROM erp_paymentbatch WHERE file_id IS NOT NULL LIMIT 1) WHERE id = {which}"
)
PAID = "(SELECT max(id) FROM erp_supplierpayment)"
LINE = """
    INSERT INTO erp_paymentbatchline (company_id, position, transfer, batch_id, item_id, party_id, payee_account_id, sequence, holder, iban, bic, amount,
           discount, reference, is_watched, is_open)
    SELECT company_id, 9, {transfer}, {batch}, {item}, party_id, payee_account_id, '', holder, {iban}, bic, {amount}, 0, '', false, true
      FROM erp_paymentbatchline WHERE batch_id = {of} LIMIT 1"""
FREE = "(SELECT o.id FROM erp_openitem o WHERE o.kind = 'bill' AND o.open_amount < 0 AND o.id NOT IN (SELECT item_id FROM erp_paymentbatchline) LIMIT 1)"
OWN = f"(SELECT item_id FROM erp_paymentbatchline WHERE batch_id = {batch('proposed')} LIMIT 1)"
ATTACKS = {
    "the amount of a proposed line": f"UPDATE erp_paymentbatchline SET amount = 1 {lines('proposed')}",
    "the amount of an approved line": f"UPDATE erp_paymentbatchline SET amount = 1 {lines('approved')}",
    "the account of an approved line": f"UPDATE erp_paymentbatchline SET iban = '{IBANS[3]}' {lines('approved')}",
    "the payee of an approved line": f"UPDATE erp_paymentbatchline SET holder = 'Mallory' {lines('approved')}",
    "the account behind an approved line": f"UPDATE erp_paymentbatchline SET payee_account_id = NULL, iban = '' {lines('approved')}",
    "a line deleted": f"DELETE FROM erp_paymentbatchline {lines('approved')}",
    "a line moved to another batch": f"UPDATE erp_paymentbatchline SET batch_id = {batch('proposed')} {lines('approved')}",
    "a watched account taken for an old one": f"UPDATE erp_paymentbatchline SET is_watched = false {lines('proposed')}",
    "a bill freed while its batch is open": f"UPDATE erp_paymentbatchline SET is_open = false {lines('approved')}",
    "a sent line taken again": f"UPDATE erp_paymentbatchline SET is_open = true {lines('exported')}",
    "another payment on a sent line": f"UPDATE erp_paymentbatchline SET supplier_payment_id = NULL {lines('exported')}",
    "a payment on a proposed line": f"UPDATE erp_paymentbatchline SET supplier_payment_id = {PAID} {lines('proposed')}",
    "a line more in an approved batch": LINE.format(transfer=9, batch=batch("approved"), item=FREE, iban="iban", amount=1, of=batch("approved")),
    "a line more in a proposed batch": LINE.format(transfer=9, batch=batch("proposed"), item=FREE, iban="iban", amount=1, of=batch("approved")),
    "a line to a made-up account": LINE.format(transfer=1, batch=batch("proposed"), item=FREE, iban=f"'{IBANS[3]}'", amount=1, of=batch("approved")),
    "a line above what is open": LINE.format(transfer=1, batch=batch("proposed"), item=FREE, iban="iban", amount=99999, of=batch("approved")),
    "a bill in two open batches": LINE.format(transfer=1, batch=batch("proposed"), item=OWN, iban="iban", amount=1, of=batch("approved")),
    "approved by its proposer": f"UPDATE erp_paymentbatch SET status = 'approved', approved_by_id = {PROPOSER}, approved_at = now(), approved_hash = 'x'"
    f" WHERE id = {batch('proposed')}",
    "approved by nobody": f"UPDATE erp_paymentbatch SET status = 'approved' WHERE id = {batch('proposed')}",
    "another proposer": f"UPDATE erp_paymentbatch SET created_by_id = {SOMEBODY} WHERE id = {batch('proposed')}",
    "another proposer together with the approval": f"UPDATE erp_paymentbatch SET created_by_id = {SOMEBODY}, approved_by_id = {PROPOSER}, status = 'approved',"
    f" approved_at = now(), approved_hash = 'x' WHERE id = {batch('proposed')}",
    "sent without approval": SEND.format(who=SOMEBODY, which=batch("proposed")),
    "sent without payments": SEND.format(who=SOMEBODY, which=batch("approved")),
    "sent with somebody else's payment": f"UPDATE erp_paymentbatchline SET supplier_payment_id = {PAID} {lines('approved')};"
    + SEND.format(who=SOMEBODY, which=batch("approved")),
    "another fingerprint": f"UPDATE erp_paymentbatch SET approved_hash = 'x' WHERE id = {batch('approved')}",
    "another total": f"UPDATE erp_paymentbatch SET total = 1 WHERE id = {batch('approved')}",
    "another bank account": f"UPDATE erp_paymentbatch SET bank_account_id = (SELECT max(id) FROM erp_bankaccount) WHERE id = {batch('approved')}",
    "another day": f"UPDATE erp_paymentbatch SET execute_on = execute_on + 1 WHERE id = {batch('approved')}",
    "another file": f"UPDATE erp_paymentbatch SET file_sha256 = 'x' WHERE id = {batch('exported')}",
    "a sent batch approved again": f"UPDATE erp_paymentbatch SET status = 'approved', file_id = NULL, exported_by_id = NULL WHERE id = {batch('exported')}",
    "a sent batch cancelled": f"UPDATE erp_paymentbatch SET status = 'cancelled' WHERE id = {batch('exported')}",
    "rejected while its payments stand": f"UPDATE erp_paymentbatch SET status = 'rejected' WHERE id = {batch('exported')}",
    "a rejected batch sent again": f"UPDATE erp_paymentbatch SET status = 'exported' WHERE id = {batch('rejected')}",
    "a batch deleted": f"DELETE FROM erp_paymentbatch WHERE id = {batch('rejected')}",
    "a batch born approved": """
        INSERT INTO erp_paymentbatch (company_id, number, status, version, created_at, created_by_id, direction, method, scheme, bank_account_id, currency_id,
               execute_on, total, total_in_books, note, approved_by_id, approved_at, approved_hash, file_format, file_sha256)
        SELECT company_id, 'X', 'approved', 1, now(), created_by_id, direction, method, scheme, bank_account_id, currency_id, execute_on, 1, 1, '',
               approved_by_id, now(), 'x', '', '' FROM erp_paymentbatch WHERE approved_by_id IS NOT NULL LIMIT 1""",
    "a batch without lines": """
        INSERT INTO erp_paymentbatch (company_id, number, status, version, created_at, created_by_id, direction, method, scheme, bank_account_id, currency_id,
               execute_on, total, total_in_books, note, approved_hash, file_format, file_sha256)
        SELECT company_id, 'X', 'proposed', 1, now(), created_by_id, direction, method, scheme, bank_account_id, currency_id, execute_on, 1, 1, '', '', '', ''
          FROM erp_paymentbatch LIMIT 1""",
    "vouched by the proposer": f"UPDATE erp_paymentbatchline SET vouched_by_id = {PROPOSER}, vouched_at = now() {lines('proposed')}",
    "the account of an active mandate": f"UPDATE erp_mandate SET iban = '{IBANS[3]}' WHERE status = 'active'",
    "a cancelled mandate active again": "UPDATE erp_mandate SET status = 'active' WHERE status = 'cancelled'",
    "an active mandate deleted": "DELETE FROM erp_mandate WHERE status = 'active'",
    "a mandate born active": """
        INSERT INTO erp_mandate (company_id, status, version, created_at, customer_id, reference, scheme, sequence, holder, iban, bic, signed_on)
        SELECT company_id, 'active', 1, now(), customer_id, 'X', 'B2B', sequence, holder, iban, bic, signed_on FROM erp_mandate LIMIT 1""",
    "everything emptied": "TRUNCATE erp_paymentbatchline, erp_paymentbatch, erp_mandate CASCADE",
}


@pytest.fixture
def paying(settings, tmp_path):
    """A batch of every kind (the proposed one with a watched account), an active and a cancelled mandate; then the application's role."""
    settings.MEDIA_ROOT = tmp_path
    made = Paying()
    new = made.make_supplier("New")
    made.approved_account(new, IBANS[1], days_ago=0)
    made.batch((made.bill(supplier=new), "110"))
    made.approved((made.bill(reference="R-2"), "110"))
    reject_batch(made.sent((made.bill(reference="R-3"), "110")), actor=made.second, on=PAY_ON)
    made.sent((made.bill(reference="R-4"), "110"))
    made.bill(reference="R-5")
    approve_batch(made.batch((made.bill(reference="R-6"), "110")), actor=made.second)
    made.mandate(make_customer(made.company))
    cancel_mandate(made.mandate(make_customer(made.company)), actor=made.actor)
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
def test_payments_stay_as_they_are(paying, name):
    before = snapshot()

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTACKS[name])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused.value.__cause__.pgcode in REFUSED
    assert snapshot() == before
