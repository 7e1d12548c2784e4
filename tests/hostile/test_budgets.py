"""Attacks on budgets with raw SQL in the application's own database role. Each is refused, and nothing has changed."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from suite.kernel.calendars.models import Period
from tests.factories.base import make_user
from tests.factories.budgets import Budgeting, budget_everything
from tests.hostile.digests import digests

pytestmark = pytest.mark.django_db

WATCHED = ("erp_budget", "erp_budgetline", "erp_budgetcommitment", "erp_budgetcommitmentline", "erp_budgetoverride", "erp_budgetwarning")
REFUSED = {"42501", "23514", "23505", "23503", "23502"}
ACTIVE = "(SELECT id FROM erp_budget WHERE status = 'active' AND company_id = {company})"
DRAFT = "(SELECT max(id) FROM erp_budget WHERE status = 'draft' AND company_id = {company})"
LINE = """INSERT INTO erp_budgetline (company_id, budget_id, account_id, value_id, period_id, amount)
    SELECT {company}, {budget}, (SELECT id FROM erp_account WHERE company_id = {company} AND code = '{account}'), {value},
           (SELECT id FROM kernel_period WHERE company_id = {company} AND {period}), {amount}"""
MARCH = "starts_on = '2026-03-01' AND NOT is_closing"


def line(*, budget=DRAFT, account="6110", value="NULL", period=MARCH, amount="1"):
    return LINE.replace("{budget}", budget).replace("{account}", account).replace("{value}", value).replace("{period}", period).replace("{amount}", amount)


COPY = """INSERT INTO erp_budget (company_id, status, version, created_at, name, year_id, kind, scope_id, dimension_id, edition, control_request, control_order,
        control_actual, control_span, created_by_id, approved_by_id)
    SELECT company_id, {status}, 1, now(), 'attack', {year}, kind, scope_id, dimension_id, {edition}, 'none', 'none', 'none', 'year', {author}, {approver}
      FROM erp_budget WHERE id = """ + ACTIVE


def copy(*, status="'draft'", year="year_id", edition="77", author="created_by_id", approver="NULL"):
    return (COPY.replace("{status}", status).replace("{year}", year).replace("{edition}", edition).replace("{author}", author)
            .replace("{approver}", approver))


CLOSED = "(SELECT id FROM kernel_fiscalyear WHERE company_id = {company} AND code = '2025')"
ATTACKS = {
    # Versions
    "a budget born active": [copy(status="'active'", approver="approved_by_id")],
    "a second active version": [f"UPDATE erp_budget SET status = 'active', approved_by_id = {{controller}} WHERE id = {DRAFT}"],
    "a draft approved by its author": [f"UPDATE erp_budget SET status = 'approved', approved_by_id = created_by_id WHERE id = {DRAFT}"],
    "a draft approved by whoever edited it": [
        f"UPDATE erp_budget SET edited_by_id = {{controller}} WHERE id = {DRAFT}",
        f"UPDATE erp_budget SET status = 'approved', approved_by_id = {{controller}} WHERE id = {DRAFT}"],
    "another author, so that the author may approve": [f"UPDATE erp_budget SET created_by_id = {{controller}} WHERE id = {DRAFT}"],
    "an approval by nobody": [f"UPDATE erp_budget SET status = 'approved' WHERE id = {DRAFT}"],
    "the same version twice": [copy(edition="edition")],
    "a budget of a closed year": [copy(year=CLOSED)],
    "a draft moved to a closed year": [f"DELETE FROM erp_budgetline WHERE budget_id = {DRAFT}", f"UPDATE erp_budget SET year_id = {CLOSED} WHERE id = {DRAFT}"],
    "an active one back to draft": [f"UPDATE erp_budget SET status = 'draft', approved_by_id = NULL WHERE id = {ACTIVE}"],
    "the control of an active one switched off": [f"UPDATE erp_budget SET control_actual = 'none' WHERE id = {ACTIVE}"],
    "who approved it": [f"UPDATE erp_budget SET approved_by_id = (SELECT max(id) FROM kernel_user) + 0 WHERE id = {ACTIVE} AND approved_by_id IS NOT NULL",
                        f"UPDATE erp_budget SET approved_by_id = {{stranger}} WHERE id = {ACTIVE}"],
    "an active one deleted": [f"DELETE FROM erp_budgetline WHERE budget_id = {ACTIVE}", f"DELETE FROM erp_budget WHERE id = {ACTIVE}"],
    "a year of another company": [copy(year="(SELECT id FROM kernel_fiscalyear WHERE company_id <> {company} AND code = '2026' LIMIT 1)")],
    # Lines
    "a line into an active budget": [line(budget=ACTIVE)],
    "an amount of an active budget": [f"UPDATE erp_budgetline SET amount = amount + 1 WHERE budget_id = {ACTIVE}"],
    "a line of an active budget deleted": [f"DELETE FROM erp_budgetline WHERE budget_id = {ACTIVE}"],
    "a line moved into an active budget": [f"UPDATE erp_budgetline SET budget_id = {ACTIVE} WHERE budget_id = {DRAFT}"],
    "a line twice": [line(), line()],
    "a line on an income account": [line(account="4000")],
    "a line on the bank": [line(account="1010")],
    "a line finer than a cent": [line(amount="1.005")],
    "a line in the closing period": [line(period="starts_on = '2026-12-31' AND is_closing")],
    "a line in another year": [line(period="starts_on = '2027-01-01' AND NOT is_closing")],
    "a line of a value of no dimension of the budget": [line(value="(SELECT max(id) FROM erp_dimensionvalue)")],
    # Commitments
    "a commitment's past changed": ["UPDATE erp_budgetcommitmentline SET amount = 1"],
    "a commitment's past deleted": ["DELETE FROM erp_budgetcommitmentline"],
    "a commitment deleted": ["DELETE FROM erp_budgetcommitment"],
    "more released than committed": ["""
        INSERT INTO erp_budgetcommitmentline (company_id, commitment_id, account_id, value_ids, expected_on, amount, made_at)
        SELECT company_id, commitment_id, account_id, value_ids, expected_on, -amount - 1, now() FROM erp_budgetcommitmentline"""],
    "a source committed twice": ["INSERT INTO erp_budgetcommitment (company_id, source_key, level) SELECT company_id, source_key, level FROM erp_budgetcommitment"],
    "a commitment on another company's account": ["""
        INSERT INTO erp_budgetcommitmentline (company_id, commitment_id, account_id, value_ids, expected_on, amount, made_at)
        SELECT company_id, commitment_id, (SELECT id FROM erp_account WHERE company_id <> {company} LIMIT 1), value_ids, expected_on, 5, now()
          FROM erp_budgetcommitmentline LIMIT 1"""],
    # Leave and warnings
    "leave given by the author of the document": ["""
        INSERT INTO erp_budgetoverride (company_id, document_key, amount, reason, approved_by_id, approved_at)
        SELECT company_id, 'erp.journalentry:' || id, 1000, 'mine', created_by_id, now() FROM erp_journalentry
         WHERE company_id = {company} AND created_by_id IS NOT NULL LIMIT 1"""],
    "leave without a reason": ["""
        INSERT INTO erp_budgetoverride (company_id, document_key, amount, reason, approved_by_id, approved_at)
        SELECT company_id, 'erp.journalentry:' || id, 1000, '', {controller}, now() FROM erp_journalentry WHERE company_id = {company} LIMIT 1"""],
    "leave made larger": ["UPDATE erp_budgetoverride SET amount = 100000"],
    "leave taken back unseen": ["DELETE FROM erp_budgetwarning", "DELETE FROM erp_budgetoverride"],
    "a warning hidden": ["DELETE FROM erp_budgetwarning"],
    "a warning made small": ["UPDATE erp_budgetwarning SET used = budgeted + 0.01"],
    # The guards themselves
    "a guard dropped": ["DROP TRIGGER guard_budget_line ON erp_budgetline"],
    "the control rewritten": [
        "CREATE OR REPLACE FUNCTION erp_year_takes_budgets(p_year bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true'"],
}


@pytest.fixture
def attacked():
    """A company with an active budget, its next version, a commitment, a warning, leave; 2025 is closed. Then the application's role."""
    house = Budgeting()
    budget_everything(house.company, make_user(house.company))
    house.stranger = Budgeting()
    Period.objects.filter(company=house.company, year__code="2025", is_closing=False).update(status="closed")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute('SET ROLE "suite_app"')
    yield house
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def snapshot() -> list:
    return digests(WATCHED)


@pytest.mark.parametrize("attack", ATTACKS)
def test_is_refused(attacked, attack):
    before = snapshot()
    words = {"company": attacked.company.pk, "controller": attacked.controller.pk, "stranger": attacked.stranger.controller.pk}

    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        for statement in ATTACKS[attack]:
            cursor.execute(statement.format(**words))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert refusal.value.__cause__.pgcode in REFUSED, refusal.value
    assert snapshot() == before


def test_every_table_holds_something_to_attack(attacked):
    assert all(count for _table, count, _digest in snapshot())
