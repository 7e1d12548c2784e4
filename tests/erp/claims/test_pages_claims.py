"""Claims on pages and through the API: one's own only, from the photo to the decision."""

import pytest
from django.test import Client
from django.urls import reverse

from erp.claims.models import EmployeeAdvance, ExpenseClaim
from erp.claims.services import approve_claim
from integration.worklist.selectors import worklist
from tests.factories.base import make_user
from tests.factories.claims import DAY, receipt_file

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_from_the_phone_to_the_books(claiming):
    phone = signed_in(claiming.user)
    answer = phone.post(reverse("erp:my_expenses"), {"purpose": "Fair in Hamburg"})
    claim = ExpenseClaim.objects.get(company=claiming.company)
    assert answer["Location"] == reverse("erp:my_claim", args=[claim.pk])

    answer = phone.post(answer["Location"], {
        "do": "add", "file": receipt_file(), "type": claiming.meals.pk, "unit_price": "220", "spent_on": DAY.isoformat(), "description": "Dinner",
    })
    assert answer.status_code == 302
    assert phone.post(answer["Location"], {"do": "submit"}).status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.gross, claim.receipts.count()) == ("submitted", 220, 1)
    assert "Dinner" in phone.get(reverse("erp:my_claim", args=[claim.pk])).content.decode()
    assert claim.number in phone.get(reverse("erp:my_expenses")).content.decode()

    desk = signed_in(claiming.boss)
    page = desk.get(reverse("erp:expenses_to_approve")).content.decode()
    assert "Fair in Hamburg" in page
    assert desk.get(reverse("file", args=[claim.receipts.get().attachment_id])).status_code == 200
    assert desk.post(reverse("erp:expenses_to_approve"), {"kind": "claim", "pk": claim.pk, "do": "approve"}).status_code == 302
    claim.refresh_from_db()
    assert (claim.status, claim.approved_by) == ("approved", claiming.boss)

    books = signed_in(claiming.accountant)
    assert books.get(reverse("erp:expenseclaim_transition", args=[claim.pk, "post"])).status_code == 200
    assert books.post(reverse("erp:expenseclaim_transition", args=[claim.pk, "post"]), {}).status_code == 302
    assert books.get(reverse("erp:expenseclaim_transition", args=[claim.pk, "reimburse"])).status_code == 200
    books.post(reverse("erp:expenseclaim_transition", args=[claim.pk, "reimburse"]), {"bank_account": claiming.bank.pk, "paid_on": DAY.isoformat()})
    claim.refresh_from_db()
    assert claim.status == "paid"
    assert books.get(reverse("erp:expenseclaim_detail", args=[claim.pk])).status_code == 200


def test_the_worklist_names_what_waits_for_whom(claiming):
    claim = claiming.submit()
    kinds = {user: [item.title for item in worklist(user, kind="expenses")] for user in (claiming.user, claiming.boss, claiming.accountant)}
    assert kinds == {claiming.user: [], claiming.boss: ["Ada · Trade fair"], claiming.accountant: ["Ada · Trade fair"]}
    approve_claim(claim, actor=claiming.boss)
    assert [item.detail for item in worklist(claiming.accountant, kind="expenses")] == ["Approved, not in the books yet."]
    assert worklist(claiming.boss, kind="expenses") == []


def test_employees_see_and_write_their_own_claims_only(claiming):
    _other, bob = claiming.hire("Bob", "logistics")
    claim, advance = claiming.draft(), claiming.asked()
    stranger = signed_in(bob)
    for url in (
        reverse("erp:my_claim", args=[claim.pk]), reverse("erp:expenseclaim_detail", args=[claim.pk]), reverse("erp:expenseclaim_change", args=[claim.pk]),
        f"/api/v1/erp/expense-claims/{claim.pk}/", reverse("erp:employeeadvance_detail", args=[advance.pk]),
    ):
        assert stranger.get(url).status_code == 404, url
    assert stranger.post(reverse("erp:my_claim", args=[claim.pk]), {"do": "submit"}).status_code == 404
    assert stranger.post(f"/api/v1/erp/expense-claims/{claim.pk}/receipts/", {"file": receipt_file(), "line": 1}).status_code == 404
    assert claim.number not in stranger.get(reverse("erp:expenseclaim_list")).content.decode()
    assert stranger.get("/api/v1/erp/expense-claims/").json()["results"] == []
    assert stranger.get(reverse("erp:expenses_to_approve")).status_code == 403

    kept = claiming.attach(claim)
    assert stranger.get(reverse("file", args=[kept.attachment_id])).status_code == 404
    assert signed_in(claiming.user).get(reverse("file", args=[kept.attachment_id])).status_code == 200


@pytest.mark.parametrize("role", ["finance", "accountant", "controller", "auditor", "manager"])
def test_those_who_keep_the_books_see_every_claim(claiming, role):
    claim = claiming.draft()
    desk = signed_in(make_user(claiming.company, role))
    assert desk.get(reverse("erp:expenseclaim_detail", args=[claim.pk])).status_code == 200
    assert claim.number in desk.get(reverse("erp:expenseclaim_list")).content.decode()


def test_an_auditor_writes_nothing_and_a_manager_only_their_own(claiming):
    claim = claiming.submit()
    auditor = signed_in(make_user(claiming.company, "auditor"))
    assert auditor.get(reverse("erp:my_expenses")).status_code == 403
    assert auditor.post(reverse("erp:expenseclaim_transition", args=[claim.pk, "approve"])).status_code == 403
    boss = signed_in(claiming.boss)
    assert boss.post(reverse("erp:expenseclaim_transition", args=[claim.pk, "withdraw"])).status_code == 404
    claim.refresh_from_db()
    assert claim.status == "submitted"


def test_a_refused_receipt_stands_at_its_field_and_nothing_is_added(claiming):
    first = claiming.draft()
    claiming.attach(first)
    second = claiming.draft(claiming.line("10"))
    answer = signed_in(claiming.user).post(reverse("erp:my_claim", args=[second.pk]), {
        "do": "add", "file": receipt_file(), "type": claiming.meals.pk, "unit_price": "5", "spent_on": DAY.isoformat(),
    })
    assert answer.status_code == 422
    assert f"This receipt is on {first.number}" in answer.content.decode()
    assert second.lines.count() == 1


def test_an_expense_is_taken_off_and_its_receipt_is_free_again(claiming):
    claim = claiming.draft(claiming.line("10"), claiming.line("20"))
    claiming.attach(claim, position=1)
    line = claim.lines.get(position=1)
    signed_in(claiming.user).post(reverse("erp:my_claim", args=[claim.pk]), {"do": "drop", "line": line.pk})
    claim.refresh_from_db()
    assert (claim.gross, claim.lines.get().position, claim.receipts.count()) == (20, 1, 0)
    claiming.attach(claim)


def test_claims_and_receipts_through_the_api(claiming):
    client = signed_in(claiming.user)
    made = client.post("/api/v1/erp/expense-claims/", {
        "purpose": "Fair", "lines": [{"spent_on": "2026-03-10", "type": claiming.meals.pk, "unit_price": "220"}],
    }, content_type="application/json")
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    sent = client.post(f"/api/v1/erp/expense-claims/{pk}/receipts/", {"file": receipt_file(), "line": 1})
    assert sent.status_code == 201, sent.content
    again = claiming.draft(claiming.line("7"))
    twice = client.post(f"/api/v1/erp/expense-claims/{again.pk}/receipts/", {"file": receipt_file(), "line": 1})
    assert (twice.status_code, again.receipts.count()) == (422, 0)
    assert client.post(f"/api/v1/erp/expense-claims/{pk}/submit/", {}, content_type="application/json").status_code == 200
    assert client.post(f"/api/v1/erp/expense-claims/{pk}/approve/", {}, content_type="application/json").status_code == 403


def test_somebody_who_is_no_employee_is_told_so(claiming):
    client = signed_in(make_user(claiming.company, "sales"))
    assert "Nothing says which employee you are" in client.get(reverse("erp:my_expenses")).content.decode()
    answer = client.post(reverse("erp:my_expenses"), {"purpose": "x"})
    assert answer.status_code == 422
    assert not ExpenseClaim.objects.filter(company=claiming.company).exists()


def test_an_advance_is_asked_for_approved_and_paid_on_pages(claiming):
    answer = signed_in(claiming.user).post(reverse("erp:employeeadvance_add"), {"purpose": "Fair", "amount": "300", "needed_on": "2026-03-10"})
    advance = EmployeeAdvance.objects.get(company=claiming.company)
    assert (answer.status_code, advance.claimant, advance.status) == (302, claiming.employee, "draft")
    desk = signed_in(claiming.boss)
    desk.post(reverse("erp:expenses_to_approve"), {"kind": "advance", "pk": advance.pk, "do": "approve"})
    signed_in(claiming.accountant).post(
        reverse("erp:employeeadvance_transition", args=[advance.pk, "pay"]), {"bank_account": claiming.cash.pk, "paid_on": "2026-03-10"})
    advance.refresh_from_db()
    assert (advance.status, advance.open_amount) == ("paid", 300)
