"""Obligations with proof, tax returns locked as filed, settlement and payment by id, duties that conflict."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from erp.compliance.invariants import check_tax_returns
from erp.compliance.models import Obligation, ObligationTask, TaxReturn, TaxReturnEntry
from erp.compliance.selectors import breaches, came_after
from erp.compliance.services import complete_task, compute_return, file_return, pay_return, plan_tasks
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.invariants import check_deferrals
from integration.worklist.selectors import worklist
from suite.kernel.attachments.models import Attachment
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.base import make_user
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
MARCH = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}


def bill(trade, tax="60", on=DAY):
    """Input tax as a supplier's bill brings it."""
    return post_entry(
        company_id=trade.company.pk, journal_kind="general", ledger_date=on, description="Bill", actor=trade.actor,
        lines=[EntryLine("INPUT_TAX", amount=Decimal(tax)), EntryLine("BANK", amount=-Decimal(tax))])


def sale(trade, net="1000", on=DAY, tax=None):
    return trade.invoice(trade.line("1", net, kind="service", tax=tax), on=on)


def march(trade) -> TaxReturn:
    return TaxReturn.objects.create(company=trade.company, **MARCH)


def filed(trade) -> TaxReturn:
    sale(trade)
    bill(trade)
    return file_return(compute_return(march(trade), actor=trade.actor), actor=trade.actor)


def boxes(tax_return):
    return {box.code: box.amount for box in tax_return.boxes.all()}


def test_boxes_come_from_the_ledger():
    trade = Trade()
    sale(trade)
    sale(trade, "200", tax=trade.no_tax)
    bill(trade)
    sale(trade, "5000", on=date(2026, 4, 2))

    tax_return = compute_return(march(trade), actor=trade.actor)

    assert (tax_return.output_tax, tax_return.input_tax, tax_return.payable) == (Decimal(100), Decimal(60), Decimal(40))
    assert boxes(tax_return) == {
        "10": Decimal(1000), "20": 0, "30": 0, "40": Decimal(200), "50": Decimal(100), "60": Decimal(60), "65": 0, "70": Decimal(40)}


def test_tax_1_settlement_and_tax_2_payment():
    trade = Trade()

    tax_return = filed(trade)
    assert net_by_role(tax_return.entry) == expected("TAX-1")
    tax_return = pay_return(tax_return, actor=trade.actor, bank_account_id=trade.bank.pk, paid_on=date(2026, 4, 10))

    assert net_by_role(tax_return.payment_entry) == expected("TAX-2")
    assert tax_return.status == "paid"


def test_tax_1_with_more_input_than_output_is_a_refund_due():
    trade = Trade()
    bill(trade, "90")
    tax_return = file_return(compute_return(march(trade), actor=trade.actor), actor=trade.actor)

    assert net_by_role(tax_return.entry) == {"INPUT_TAX": Decimal(-90), "TAX_PAYABLE": Decimal(90)}
    paid = pay_return(tax_return, actor=trade.actor, bank_account_id=trade.bank.pk, paid_on=date(2026, 4, 10))
    assert net_by_role(paid.payment_entry) == {"BANK": Decimal(90), "TAX_PAYABLE": Decimal(-90)}


def test_a_return_is_not_filed_on_figures_that_moved():
    trade = Trade()
    sale(trade)
    tax_return = compute_return(march(trade), actor=trade.actor)
    bill(trade)

    with pytest.raises(Refusal) as refusal:
        file_return(tax_return, actor=trade.actor)

    assert (refusal.value.code, TaxReturn.objects.get().status, TaxReturn.objects.get().entry) == ("computed_before", "computed", None)
    with pytest.raises(TransitionNotAllowed):
        pay_return(tax_return, actor=trade.actor, bank_account_id=trade.bank.pk)


def test_what_is_posted_after_filing_shows_as_a_correction_and_belongs_to_the_next_return():
    trade = Trade()
    tax_return = filed(trade)
    before = (boxes(tax_return), tax_return.snapshot)
    assert came_after(tax_return) == []

    late = bill(trade, "15")

    assert [(entry.number, entry.input_tax) for entry in came_after(tax_return)] == [(late.number, Decimal(15))]
    assert (boxes(TaxReturn.objects.get()), TaxReturn.objects.get().snapshot) == before
    april = TaxReturn.objects.create(company=trade.company, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30))
    april = compute_return(april, actor=trade.actor)
    assert (april.input_tax, boxes(april)["65"]) == (Decimal(15), Decimal(-15))
    assert TaxReturnEntry.objects.get(tax_return=april).is_correction


def test_returns_are_filed_in_order():
    trade = Trade()
    march(trade)
    april = TaxReturn.objects.create(company=trade.company, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30))

    with pytest.raises(Refusal) as refusal:
        file_return(compute_return(april, actor=trade.actor), actor=trade.actor)

    assert refusal.value.code == "earlier_return_open"


@pytest.mark.parametrize("attack", [
    "UPDATE erp_taxreturn SET output_tax = 1, payable = -59", "UPDATE erp_taxreturn SET status = 'computed'", "UPDATE erp_taxreturn SET snapshot = 'x'",
    "UPDATE erp_taxreturn SET filed_on = '2020-01-01'", "DELETE FROM erp_taxreturn", "UPDATE erp_taxreturnbox SET amount = 0", "DELETE FROM erp_taxreturnbox",
    "INSERT INTO erp_taxreturnbox (company_id, tax_return_id, position, code, label, amount) SELECT company_id, id, 99, 'X', 'X', 1 FROM erp_taxreturn",
    "UPDATE erp_taxreturnentry SET output_tax = 0", "DELETE FROM erp_taxreturnentry", "TRUNCATE erp_taxreturnbox", "TRUNCATE erp_taxreturnentry",
])
def test_a_filed_return_stays_as_filed_whatever_sql_says(attack):
    filed(Trade())

    with pytest.raises(Exception) as error, transaction.atomic(), connection.cursor() as cursor:  # noqa: PT011 - CHECK, trigger or privilege
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(attack)

    assert isinstance(error.value, IntegrityError) or "denied" in str(error.value), error.value


def obligation(trade, **values) -> Obligation:
    return Obligation.objects.create(**{"company": trade.company, "name": "VAT", "starts_on": date(2026, 1, 1), "owner": trade.actor, **values})


class TestCalendar:
    def test_each_time_has_one_task_and_one_return(self):
        trade = Trade()
        obligation(trade)
        obligation(trade, name="Accounts", kind="year_accounts", every="year", days=180)

        assert len(plan_tasks(company_id=trade.company.pk, on=date(2026, 3, 5), actor=trade.actor)) == 4
        assert plan_tasks(company_id=trade.company.pk, on=date(2026, 3, 5), actor=trade.actor) == []

        assert [str(row.due_on) for row in ObligationTask.objects.filter(obligation__name="VAT")] == ["2026-02-10", "2026-03-10", "2026-04-10"]
        assert TaxReturn.objects.count() == 3

    def test_a_task_is_done_with_proof_and_its_return_filed(self):
        trade = Trade()
        obligation(trade)
        (task,) = plan_tasks(company_id=trade.company.pk, on=date(2026, 1, 5), actor=trade.actor)

        with pytest.raises(Refusal) as refusal:
            complete_task(task, actor=trade.actor)
        assert refusal.value.code == "no_evidence"
        Attachment.objects.create(
            company=trade.company, content_type=ContentType.objects.get_for_model(ObligationTask), object_id=task.pk, file="x.pdf", name="receipt.pdf",
            media_type="application/pdf", size=3, sha256="0" * 64, author=trade.actor)
        with pytest.raises(Refusal) as refusal:
            complete_task(task, actor=trade.actor)
        assert refusal.value.code == "return_not_filed"
        file_return(compute_return(task.returns.get(), actor=trade.actor), actor=trade.actor)

        assert complete_task(task, actor=trade.actor).status == "done"


def test_conflicting_duties_are_named_with_their_holder(client):
    trade = Trade()
    clerk, seller = make_user(trade.company, "finance"), make_user(trade.company, "auditor")

    found = {(breach.user.pk, breach.conflict.second) for breach in breaches(trade.company.pk)}

    assert (clerk.pk, "kernel.reopen_period") in found
    assert not any(user == seller.pk for user, _second in found)
    client.force_login(clerk)
    assert "Segregation of duties" in client.get("/erp/reports/segregation-of-duties/").content.decode()
    assert client.get("/api/v1/erp/reports/tax-return-corrections/").status_code == 200


def test_what_is_due_within_a_week_stands_on_its_owner_s_worklist(client):
    trade = Trade()
    owner, other = make_user(trade.company, "finance"), make_user(trade.company, "finance")
    today = timezone.localdate()
    kept = obligation(trade, owner=owner, starts_on=today.replace(day=1), days=0)
    for days in (3, 40):
        ObligationTask.objects.create(
            company=trade.company, obligation=kept, starts_on=today, ends_on=today + timedelta(days=days), due_on=today + timedelta(days=days), owner=owner)

    assert [item.kind for item in worklist(owner) if item.kind == "obligation"] == ["obligation"]
    assert [item for item in worklist(other) if item.kind == "obligation"] == []


def test_doctor_finds_a_return_and_a_deferral_that_do_not_add_up():
    trade = Trade()
    tax_return = filed(trade)
    assert (check_tax_returns(trade.company.pk), check_deferrals(trade.company.pk)) == ([], [])

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE erp_taxreturnentry SET input_tax = 59 WHERE input_tax = 60")
        cursor.execute("SET LOCAL session_replication_role = origin")

    assert any(f"tax return {tax_return.pk} does not match its hash" in text for text in check_tax_returns(trade.company.pk))
