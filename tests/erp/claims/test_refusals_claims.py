"""What claims refuse: by name, at the line or field, and nothing has changed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from erp.claims.models import EmployeeAdvance, ExpenseClaim, ExpenseClaimLine, ExpenseRate, ExpenseReceipt, ExpenseType
from erp.claims.services import (
    approve_advance,
    approve_claim,
    attach_receipt,
    draft_claim,
    post_claim,
    refuse_claim,
    reimburse_claim,
    reopen_claim,
    submit_claim,
    take_back_advance,
    withdraw_claim,
)
from erp.closing.services import close_period
from erp.ledger.models import JournalEntry
from erp.receivables.models import ClearingItem
from suite.kernel.approvals.models import ApprovalRule
from suite.kernel.approvals.services import approve_request, ask_for_approval
from suite.kernel.attachments.models import Attachment
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.money.models import Currency, ExchangeRate
from tests.factories.base import make_user
from tests.factories.claims import DAY, receipt_file

pytestmark = pytest.mark.django_db


def rows() -> list:
    """Everything a refusal must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (ExpenseClaim, ExpenseClaimLine, ExpenseReceipt, EmployeeAdvance, JournalEntry, ClearingItem, Attachment)
    ]


def refused(act, *args, code=None, field=None, **kwargs) -> Refusal:
    before = rows()
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        act(*args, **kwargs)
    assert rows() == before
    assert code is None or refusal.value.code == code
    assert field is None or refusal.value.field == field
    return refusal.value


def test_the_same_receipt_is_taken_once(claiming):
    claiming.attach(claiming.draft(), b"one")
    second = claiming.draft(claiming.line("9"))
    error = refused(
        attach_receipt, line=second.lines.get(), file=receipt_file(b"one", "other.png"), actor=claiming.user, code="expense_receipt_once", field="file",
    )
    assert "EXP-00001 of Ada" in error.message
    colleague, user = claiming.hire("Bob", "sales")
    third = claiming.draft(actor=user)
    refused(attach_receipt, line=third.lines.get(), file=receipt_file(b"one"), actor=user, code="expense_receipt_once")


def test_one_receipt_may_prove_two_lines_of_its_claim(claiming):
    claim = claiming.draft(claiming.line("10"), claiming.line("20"))
    assert claiming.attach(claim, position=1) == claiming.attach(claim, position=2)
    assert Attachment.objects.filter(object_id=claim.pk).count() == 1


def test_the_same_amount_of_the_same_day_is_remarked_and_not_refused(claiming):
    first = claiming.submit(claiming.line("33"))
    second = claiming.draft(claiming.line("33"), claiming.line("33"))
    remarks = list(second.lines.order_by("position").values_list("remarks", "is_blocked"))
    assert remarks == [
        (f"the same amount of the same day is on {first}", False),
        (f"the same amount of the same day is on {first}\nthe same amount of the same day is on this claim", False),
    ]
    assert submit_claim(second, actor=claiming.user).status == "submitted"


def test_nobody_approves_their_own_claim(claiming):
    party, boss = claiming.hire("Max", "manager")
    own = claiming.submit(actor=boss)
    refused(approve_claim, own, actor=boss, code="expense_claim_four_eyes")
    refused(refuse_claim, own, actor=boss, reason="no", code="expense_claim_four_eyes")
    finance = claiming.accountant
    entered = submit_claim(claiming.draft(actor=finance, claimant_id=claiming.employee.pk), actor=finance)
    refused(approve_claim, entered, actor=finance, code="expense_claim_four_eyes")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpenseClaim.objects.filter(pk=own.pk).update(status="approved", approved_by=boss)
    refused(approve_advance, claiming.asked(actor=boss), actor=boss, code="expense_claim_four_eyes")


def test_a_large_claim_needs_the_approvals_that_the_rules_ask_for_besides(claiming):
    ApprovalRule.objects.create(company=claiming.company, action="erp.expenseclaim:approve", from_amount=Decimal(200), role="controller")
    large, small = claiming.submit(), claiming.submit(claiming.line("199", on=DAY.replace(day=2)))
    refused(approve_claim, large, actor=claiming.boss, code="approval_missing")
    assert approve_claim(small, actor=claiming.boss).status == "approved"
    request = ask_for_approval(large, transition="approve", actor=claiming.boss)
    approve_request(request, actor=make_user(claiming.company, "controller"))
    assert approve_claim(large, actor=claiming.boss).status == "approved"


@pytest.mark.parametrize(("change", "code"), [
    ({"price": "-5"}, "expense_line_positive"), ({"price": "0"}, "expense_line_positive"), ({"quantity": Decimal(-1)}, "expense_line_positive"),
    ({"on": timezone.localdate() + timedelta(days=1)}, "expense_of_the_future"),
])
def test_a_negative_or_future_line_is_refused_at_its_line(claiming, change, code):
    error = refused(claiming.draft, claiming.line("10"), claiming.line(**{"price": "5", **change}), code=code)
    assert error.message.startswith("Line 2")


def test_a_line_above_a_policy_that_refuses_is_not_submitted(claiming):
    hotel = claiming.type("HOTEL", "Hotel", limit_per_receipt=Decimal(150), on_breach=ExpenseType.OnBreach.BLOCK)
    claim = claiming.draft(claiming.line("10"), claiming.line("151", type=hotel))
    error = refused(submit_claim, claim, actor=claiming.user, code="against_policy", field="lines")
    assert error.message == "Line 2: 151.00 is more than the 150.00 allowed for Hotel. The claim was not submitted."


def test_a_missing_receipt_is_refused_or_remarked_as_the_type_says(claiming):
    taxi = claiming.type("TAXI", "Taxi", receipt_from=Decimal(20), on_breach=ExpenseType.OnBreach.BLOCK)
    claim = claiming.draft(claiming.line("19.99", type=taxi), claiming.line("20", type=taxi))
    error = refused(submit_claim, claim, actor=claiming.user, code="against_policy")
    assert error.message.startswith("Line 2: Taxi needs a receipt from 20.00 on")
    claiming.attach(claim, position=2)
    assert submit_claim(claim, actor=claiming.user).status == "submitted"
    meals = claiming.type("LUNCH", "Lunch", receipt_from=Decimal(0))
    lunch = claiming.draft(claiming.line("8", type=meals))
    assert submit_claim(lunch, actor=claiming.user).lines.get().remarks == "Lunch needs a receipt from 0.00 on"


def test_limits_of_a_day_and_of_a_claim_count_what_else_was_claimed(claiming):
    food = claiming.type("FOOD", "Food", limit_per_day=Decimal(50), limit_per_claim=Decimal(70))
    claiming.submit(claiming.line("30", type=food))
    claim = claiming.draft(claiming.line("20", type=food), claiming.line("1", type=food), claiming.line("50", type=food, on=DAY + timedelta(days=1)))
    assert list(claim.lines.order_by("position").values_list("remarks", flat=True)) == [
        "", "51.00 on one day is more than the 50.00 allowed for Food", "71.00 on one claim is more than the 70.00 allowed for Food",
    ]


def test_a_kilometre_is_paid_with_the_rate_of_its_day(claiming):
    car = claiming.type("CAR", "Own car", measure=ExpenseType.Measure.DISTANCE)
    for rate, day in (("0.30", "2025-01-01"), ("0.35", "2026-03-01")):
        ExpenseRate.objects.create(company=claiming.company, type=car, rate=Decimal(rate), valid_from=day)
    claim = claiming.draft(
        claiming.line("99", type=car, quantity=Decimal(100)), claiming.line(None, type=car, quantity=Decimal(100), on=DAY.replace(month=2)))
    assert list(claim.lines.order_by("position").values_list("gross", flat=True)) == [35, 30]
    refused(claiming.draft, claiming.line(None, type=car, quantity=Decimal(1), on=DAY.replace(year=2024)), code="expense_rate_missing", field="spent_on")


def test_foreign_money_counts_at_the_rate_of_its_day_and_bears_no_tax_of_ours(claiming):
    dollar, _made = Currency.objects.get_or_create(code="USD", defaults={"name": "Dollar", "symbol": "$", "digits": 2})
    ExchangeRate.objects.create(company=claiming.company, currency=dollar, rate=Decimal("0.9"), valid_from="2026-03-01")
    line = claiming.draft(claiming.line("110", currency_id="USD")).lines.get()
    assert (line.amount, line.gross, line.net, line.tax_amount) == (110, 99, 99, 0)
    refused(claiming.draft, claiming.line("110", currency_id="USD", on=DAY.replace(month=2)), code="rate_missing", field="currency")


def test_a_closed_period_refuses_the_posting(claiming):
    claim = claiming.approve()
    close_period(Period.objects.get(company=claiming.company, year__code="2026", number=3), actor=claiming.accountant, waive=["expense_claims"], reason="late")
    refused(post_claim, claim, actor=claiming.accountant, code="period_open")
    assert post_claim(claim, actor=claiming.accountant, ledger_date=DAY.replace(month=4)).status == "posted"


def test_nobody_writes_claims_of_others_but_finance(claiming):
    _bob, user = claiming.hire("Bob", "sales")
    claim = claiming.draft()
    for act in (submit_claim,):
        refused(act, claim, actor=user, code="claim_of_another", field="claimant")
    refused(claiming.draft, actor=user, claimant_id=claiming.employee.pk, code="claim_of_another")
    refused(claiming.asked, actor=user, claimant_id=claiming.employee.pk, code="claim_of_another")
    refused(
        draft_claim, company_id=claiming.company.pk, purpose="x", lines=(claiming.line(),), actor=make_user(claiming.company, "sales"), code="no_employee",
    )
    assert claiming.draft(actor=claiming.accountant, claimant_id=claiming.employee.pk).claimant == claiming.employee


def test_a_refused_claim_is_corrected_and_submitted_again(claiming):
    claim = claiming.submit()
    refused(refuse_claim, claim, actor=claiming.boss, reason=" ", field="reason")
    claim = refuse_claim(claim, actor=claiming.boss, reason="Two dinners on one evening")
    assert (claim.status, claim.decision) == ("refused", "Two dinners on one evening")
    claim = submit_claim(reopen_claim(claim, actor=claiming.user), actor=claiming.user)
    assert approve_claim(claim, actor=claiming.boss).decision == ""


def test_a_submitted_claim_is_fixed_until_it_is_withdrawn(claiming):
    claim = claiming.submit()
    with pytest.raises(TransitionNotAllowed):
        claiming.attach(claim)
    with pytest.raises(IntegrityError), transaction.atomic():
        claim.lines.update(gross=1, net=1, tax_amount=0)
    claiming.attach(withdraw_claim(claim, actor=claiming.user))


def test_no_more_is_paid_back_or_returned_than_is_open(claiming):
    claim, advance = claiming.post(), claiming.advance("50", on=DAY)
    for amount in ("220.01", "0", "-1"):
        refused(
            reimburse_claim, claim, actor=claiming.accountant, bank_account_id=claiming.bank.pk, amount=Decimal(amount), code="more_than_open", field="amount",
        )
    refused(
        take_back_advance, advance, actor=claiming.accountant, bank_account_id=claiming.bank.pk, amount=Decimal("50.01"), code="more_than_open",
    )


def test_an_empty_claim_is_not_submitted(claiming):
    claim = draft_claim(company_id=claiming.company.pk, purpose="x", lines=(), actor=claiming.user)
    refused(submit_claim, claim, actor=claiming.user, code="no_lines")
