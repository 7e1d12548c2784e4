"""Approvals: asked by rule and amount, given by others, held by the database, void after an edit."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone
from rest_framework.test import APIClient

from erp.ledger.models import JournalEntry
from erp.payables.models import SupplierBill
from erp.payables.services import post_bill
from integration.worklist.selectors import worklist
from suite.kernel.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, ApprovalStep, Delegation
from suite.kernel.approvals.selectors import waiting_for
from suite.kernel.approvals.services import approve_request, ask_for_approval, refuse_request, withdraw_request
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from tests.factories.base import make_user
from tests.factories.payables import Buying

pytestmark = pytest.mark.django_db


@pytest.fixture
def buying():
    return Buying()


@pytest.fixture
def people(buying):
    return {name: make_user(buying.company, name.rstrip("2"), username=f"{name}-{buying.company.pk}") for name in (
        "accountant", "controller", "controller2", "treasurer", "auditor")}


def rule(buying, *, role="controller", least="0", below=None, needed=1, approver=None, action="erp.supplierbill:post"):
    return ApprovalRule.objects.create(
        company=buying.company, action=action, from_amount=Decimal(least), up_to=below and Decimal(below), role="" if approver else role,
        approver=approver, needed=needed)


def rows():
    return ApprovalRequest.objects.count(), ApprovalDecision.objects.count(), JournalEntry.objects.filter(status="posted").count()


def test_what_a_rule_asks_for_waits_until_another_has_said_yes(buying, people):
    rule(buying)
    bill = buying.draft()
    before = rows()
    with pytest.raises(Refusal, match="needs approval") as refused:
        post_bill(bill, actor=people["accountant"])
    assert (refused.value.code, "Controller" in refused.value.hint, rows()) == ("approval_missing", True, before)

    request = ask_for_approval(bill, transition="post", actor=people["accountant"], reason="Paper for spring")
    with pytest.raises(Refusal, match="needs approval") as waits:
        post_bill(bill, actor=people["accountant"])
    assert "waits for" in waits.value.hint

    approved = approve_request(request, actor=people["controller"], reason="as ordered")
    posted = post_bill(bill, actor=people["accountant"])
    assert request.subject == f"Supplier bill #{bill.pk} · Paper Mill: Post"
    assert (approved.status, posted.status, request.decisions.get().decided_by) == ("approved", "posted", people["controller"])


@pytest.mark.parametrize(("least", "below", "is_asked"), [
    ("110", None, True), ("110.01", None, False), ("0", "110", False), ("0", "110.01", True),
])
def test_bands_take_their_lower_end_in_and_leave_the_upper_out(buying, people, least, below, is_asked):
    rule(buying, least=least, below=below)
    bill = buying.draft()

    if is_asked:
        with pytest.raises(Refusal, match="needs approval"):
            post_bill(bill, actor=people["accountant"])
    else:
        assert post_bill(bill, actor=people["accountant"]).status == "posted"


def test_every_rule_that_fits_is_asked_and_each_needs_as_many_as_it_says(buying, people):
    rule(buying, needed=2)
    rule(buying, role="treasurer", least="100")
    request = ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])

    statuses = [approve_request(request, actor=people[name]).status for name in ("controller", "treasurer", "controller2")]

    assert statuses == ["asked", "asked", "approved"]


def test_nobody_approves_what_they_asked_for_nor_twice_nor_unasked(buying, people):
    rule(buying, needed=2)
    request = ask_for_approval(buying.draft(), transition="post", actor=people["controller"])
    before = rows()

    with pytest.raises(Refusal, match="somebody else") as own:
        approve_request(request, actor=people["controller"])
    with pytest.raises(Refusal, match="Nobody asks you") as unasked:
        approve_request(request, actor=people["treasurer"])
    assert (own.value.code, unasked.value.code, rows()) == ("four_eyes", "not_asked", before)

    approve_request(request, actor=people["controller2"])
    with pytest.raises(Refusal, match="Nobody asks you"):
        approve_request(request, actor=people["controller2"])


def test_an_edit_makes_the_approval_void(buying, people):
    rule(buying)
    bill = buying.draft()
    approve_request(ask_for_approval(bill, transition="post", actor=people["accountant"]), actor=people["controller"])
    bill.refresh_from_db()
    line = bill.lines.get()
    line.unit_price = Decimal(900)
    bill.note = "more"
    save_record(bill, actor=people["accountant"], lines=[("bill", [line], [])])

    with pytest.raises(Refusal, match="needs approval"):
        post_bill(bill, actor=people["accountant"])
    again = ask_for_approval(SupplierBill.objects.get(pk=bill.pk), transition="post", actor=people["accountant"])
    assert (again.amount, again.status) == (990, "asked")


def test_an_edit_while_it_is_asked_is_named_to_who_answers_and_the_next_question_takes_its_place(buying, people):
    rule(buying)
    bill = buying.draft()
    first = ask_for_approval(bill, transition="post", actor=people["accountant"])
    assert ask_for_approval(bill, transition="post", actor=people["accountant"]).pk == first.pk
    save_record(SupplierBill.objects.get(pk=bill.pk), actor=people["accountant"])

    with pytest.raises(Refusal, match="was changed after"):
        approve_request(first, actor=people["controller"])
    second = ask_for_approval(SupplierBill.objects.get(pk=bill.pk), transition="post", actor=people["accountant"])

    first.refresh_from_db()
    assert (first.status, second.status, second.pk != first.pk) == ("withdrawn", "asked", True)


def test_a_refusal_needs_its_reason_and_one_is_enough(buying, people):
    rule(buying, needed=2)
    request = ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])

    with pytest.raises(Refusal, match="why"):
        refuse_request(request, actor=people["controller"])
    assert refuse_request(request, actor=people["controller"], reason="twice ordered").status == "refused"
    with pytest.raises(TransitionNotAllowed):
        approve_request(request, actor=people["controller2"])


def test_only_who_asked_withdraws(buying, people):
    rule(buying)
    request = ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])

    with pytest.raises(Refusal, match="withdraws it"):
        withdraw_request(request, actor=people["controller"])
    assert withdraw_request(request, actor=people["accountant"]).status == "withdrawn"


def delegate(giver, taker, *, since=0, until=3):
    today = timezone.localdate()
    return save_record(
        Delegation(company=giver.company, taker=taker, valid_from=today + timedelta(days=since), valid_until=today + timedelta(days=until)), actor=giver)


def test_a_colleague_answers_in_ones_place_but_not_in_the_place_of_who_asked(buying, people):
    rule(buying)
    delegate(people["controller"], people["treasurer"])
    request = ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])
    assert waiting_for(people["treasurer"]) == [request]

    approve_request(request, actor=people["treasurer"])
    decision = request.decisions.get()
    assert (decision.decided_by, decision.decided_for) == (people["treasurer"], people["controller"])

    own = ask_for_approval(buying.draft(reference="R-2"), transition="post", actor=people["controller"])
    with pytest.raises(Refusal, match="Nobody asks you"):
        approve_request(own, actor=people["treasurer"])


@pytest.mark.parametrize(("since", "until"), [(1, 3), (-3, -1)])
def test_a_delegation_counts_on_its_days_only(buying, people, since, until):
    rule(buying)
    Delegation.objects.create(
        company=buying.company, giver=people["controller"], taker=people["treasurer"], valid_from=timezone.localdate() + timedelta(days=since),
        valid_until=timezone.localdate() + timedelta(days=until))

    ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])

    assert waiting_for(people["treasurer"]) == []


def test_people_delegate_only_their_own_voice(buying, people):
    made = delegate(people["controller"], people["treasurer"])
    assert made.giver == people["controller"]
    with pytest.raises(Refusal, match="delegation"):
        save_record(made, actor=people["accountant"])
    with pytest.raises(Refusal, match="are over"):
        save_record(Delegation(company=buying.company, taker=people["treasurer"], valid_from=date(2020, 1, 1), valid_until=date(2020, 1, 2)),
                    actor=people["controller"])


def test_the_worklist_shows_it_to_who_may_answer(buying, people):
    rule(buying)
    ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])

    shown = {name: [item.money for item in worklist(user, kind="approval")] for name, user in people.items()}

    assert shown == {"accountant": [], "controller": [110], "controller2": [110], "treasurer": [], "auditor": []}


def test_a_preview_says_that_approval_is_missing(buying, people):
    rule(buying)

    with pytest.raises(Refusal, match="needs approval"):
        preview(buying.draft(), "post", actor=people["accountant"])


def test_where_no_rule_asks_there_is_nothing_to_ask(buying, people):
    rule(buying, action="erp.journalentry:post")

    with pytest.raises(Refusal, match="No rule asks"):
        ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])
    assert ApprovalRequest.objects.count() == 0


def test_asking_by_api_and_page(buying, people, client):
    rule(buying)
    bill = buying.draft()
    api = APIClient()
    api.force_authenticate(people["accountant"])

    asked = api.post("/api/v1/kernel/ask-approval/", {"document": "erp.supplierbill", "id": bill.pk, "transition": "post"}, format="json")
    foreign = api.post("/api/v1/kernel/ask-approval/", {"document": "kernel.user", "id": 1, "transition": "post"}, format="json")
    assert (asked.status_code, asked.json()["status"], asked.json()["waits_for"], foreign.status_code) == (201, "asked", ["Controller"], 404)

    client.force_login(people["controller"])
    page = client.get(f"/kernel/approval-requests/{asked.json()['id']}/").content.decode()
    bill_page = client.get(f"/erp/supplier-bills/{bill.pk}/").content.decode()
    answered = client.post(f"/kernel/approval-requests/{asked.json()['id']}/approve/", {"reason": "fine"})
    assert "Waits for your answer" in page
    assert "Asked by" in bill_page
    assert (answered.status_code, ApprovalRequest.objects.get().status) == (302, "approved")


def test_the_documents_page_asks(buying, people, client):
    rule(buying)
    bill = buying.draft()
    client.force_login(people["accountant"])

    answer = client.post(f"/kernel/ask-approval/erp.supplierbill/{bill.pk}/post/", {"reason": "please"}, follow=True)

    assert "Asked: Controller" in answer.content.decode()
    assert ApprovalRequest.objects.get().reason == "please"


ATTACKS = {
    "approved without an answer": "UPDATE kernel_approvalrequest SET status = 'approved' WHERE id = {request}",
    "an answer by who asked": "INSERT INTO kernel_approvaldecision (company_id, request_id, step_id, answer, decided_by_id, reason, at) "
                              "VALUES ({company}, {request}, {step}, 'yes', {asker}, '', now())",
    "an answer for who asked": "INSERT INTO kernel_approvaldecision (company_id, request_id, step_id, answer, decided_by_id, decided_for_id, reason, at) "
                               "VALUES ({company}, {request}, {step}, 'yes', {other}, {asker}, '', now())",
    "an answer changed": "UPDATE kernel_approvaldecision SET answer = 'yes'",
    "an answer deleted": "DELETE FROM kernel_approvaldecision",
    "a step made easier": "UPDATE kernel_approvalstep SET needed = 0",
    "a step taken away": "DELETE FROM kernel_approvalstep",
    "a request over less": "UPDATE kernel_approvalrequest SET amount = 1 WHERE id = {request}",
    "a request for another version": "UPDATE kernel_approvalrequest SET document_version = document_version + 1 WHERE id = {request}",
    "a request in another's name": "UPDATE kernel_approvalrequest SET created_by_id = {other} WHERE id = {request}",
    "a request deleted": "DELETE FROM kernel_approvalrequest WHERE id = {request}",
    "a request born approved": "INSERT INTO kernel_approvalrequest (company_id, content_type_id, object_id, transition, subject, document_version, amount, "
                               "reason, status, version, created_at, created_by_id) SELECT company_id, content_type_id, object_id + 1, transition, subject, "
                               "document_version, amount, '', 'approved', 1, now(), created_by_id FROM kernel_approvalrequest WHERE id = {request}",
    "a refused request asked again": "UPDATE kernel_approvalrequest SET status = 'asked' WHERE id = {refused}",
    "a step added to answered ones": "INSERT INTO kernel_approvalstep (company_id, request_id, position, role, needed, rule) "
                                     "VALUES ({company}, {refused}, 9, 'auditor', 1, '')",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_database_refuses(buying, people, attack):
    rule(buying, needed=2)
    request = ask_for_approval(buying.draft(), transition="post", actor=people["accountant"])
    refused = ask_for_approval(buying.draft(reference="R-2"), transition="post", actor=people["accountant"])
    refuse_request(refused, actor=people["controller"], reason="no")
    before = list(ApprovalRequest.objects.values_list("pk", "status", "amount", "created_by")), list(ApprovalDecision.objects.values_list("pk", "answer"))
    values = {"request": request.pk, "refused": refused.pk, "company": buying.company.pk, "asker": people["accountant"].pk,
              "other": people["controller"].pk, "step": ApprovalStep.objects.get(request=request).pk}

    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute('SET LOCAL ROLE "suite_app"')
        cursor.execute(ATTACKS[attack].format(**values))

    assert error.value.__cause__.pgcode in {"42501", "23514", "23505"}
    after = list(ApprovalRequest.objects.values_list("pk", "status", "amount", "created_by")), list(ApprovalDecision.objects.values_list("pk", "answer"))
    assert after == before
    assert ContentType.objects.get_for_model(SupplierBill) == request.content_type
