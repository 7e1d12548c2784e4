"""Each posting of advances and claims (PAY-5, PAY-6, PAY-11) out of the real services, against the golden block of its id."""

from datetime import date
from decimal import Decimal

import pytest

from erp.banking.rules import PartInput
from erp.banking.services import enter_statement_line, match_statement_line
from erp.claims.models import EmployeeAdvance, EmployeePayment
from erp.claims.services import post_claim, reimburse_claim, reverse_claim, reverse_employee_payment, take_back_advance
from erp.closing.checks import closing_checks
from erp.ledger.models import JournalEntry
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from tests.factories.books import net_by_role
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


def entry_of(payment_of) -> JournalEntry:
    return payment_of.payments.order_by("-pk").first().entry


class TestGolden:
    def test_pay_5_advance_paid_out(self, claiming):
        advance = claiming.advance("300")
        assert net_by_role(entry_of(advance)) == expected("PAY-5")
        advance.refresh_from_db()
        assert (advance.status, advance.open_amount) == ("paid", 300)

    def test_pay_6_claim_covered_by_an_advance_in_part(self, claiming):
        advance = claiming.advance("100")
        claim = claiming.post(claiming.line("220"))
        assert net_by_role(claim.entry) == expected("PAY-6")
        claim.refresh_from_db()
        advance.refresh_from_db()
        assert (claim.net, claim.tax, claim.gross, claim.covered, claim.open_amount, claim.status) == (200, 20, 220, 100, 120, "posted")
        assert (advance.open_amount, advance.status) == (0, "settled")

    def test_pay_11_claim_paid_back(self, claiming):
        claiming.advance("100")
        claim = claiming.post(claiming.line("220"))
        paid = reimburse_claim(claim, actor=claiming.accountant, bank_account_id=claiming.bank.pk, paid_on=claim.ledger_date, on_statement=True)
        assert net_by_role(entry_of(claim)) == expected("PAY-11")
        assert (paid.status, paid.open_amount) == ("paid", 0)
        paid.refresh_from_db()
        assert (paid.status, paid.open_amount) == ("paid", 0)

    def test_pay_5_pay_6_and_pay_11_leave_nothing_owed_to_the_employee(self, claiming):
        claiming.advance("300")
        claim = claiming.post(claiming.line("220"))
        second = claiming.post(claiming.line("200"))
        reimburse_claim(second, actor=claiming.accountant, bank_account_id=claiming.cash.pk, paid_on=claim.ledger_date)
        sums = net_by_role(*JournalEntry.objects.filter(company=claiming.company))
        assert {role: sums.get(role, 0) for role in ("EMPLOYEE_ADVANCES", "EMPLOYEE_PAYABLE")} == {"EMPLOYEE_ADVANCES": 0, "EMPLOYEE_PAYABLE": 0}
        assert sums["BANK"] == -420

    def test_the_rest_of_an_advance_comes_back_as_the_mirror_of_pay_5(self, claiming):
        advance = claiming.advance("300")
        done = take_back_advance(advance, actor=claiming.accountant, bank_account_id=claiming.bank.pk, paid_on=date(2026, 3, 20), on_statement=True)
        assert net_by_role(entry_of(advance)) == expected("PAY-5", mirror=True)
        assert done.status == "settled"


def test_the_oldest_advance_is_used_first(claiming):
    first, second = claiming.advance("50"), claiming.advance("100")
    claiming.post(claiming.line("80"))
    assert list(EmployeeAdvance.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk").values_list("open_amount", "status")) == [
        (0, "settled"), (70, "paid")]


def test_an_advance_covers_only_claims_of_its_employee(claiming):
    other, user = claiming.hire("Bob", "sales")
    advance = claiming.advance("100")
    claim = claiming.post(claiming.line("220"), actor=user)
    advance.refresh_from_db()
    assert (claim.claimant, claim.covered, advance.open_amount) == (other, 0, 100)


def test_a_claim_that_advances_cover_whole_is_settled_when_posted(claiming):
    claiming.advance("300")
    claim = claiming.post(claiming.line("220"))
    assert (claim.status, claim.open_amount, claim.covered) == ("paid", 0, 220)


def test_money_not_on_the_statement_yet_waits_on_outstanding_payments(claiming):
    claim = claiming.post()
    reimburse_claim(claim, actor=claiming.accountant, bank_account_id=claiming.bank.pk, amount=Decimal(20), paid_on=claim.ledger_date)
    assert net_by_role(entry_of(claim)) == {"EMPLOYEE_PAYABLE": 20, "OUTSTANDING_PAYMENTS": -20}
    claim.refresh_from_db()
    assert (claim.status, claim.open_amount) == ("posted", 200)


def test_the_bank_statement_shows_a_payment_that_waited_or_is_in_the_books_already(claiming):
    for on_statement in (False, True):
        claim = claiming.post(claiming.line("50" if on_statement else "30"))
        pay = {"bank_account_id": claiming.bank.pk, "paid_on": claim.ledger_date, "on_statement": on_statement}
        reimburse_claim(claim, actor=claiming.accountant, **pay)
        line = enter_statement_line(
            bank_account=claiming.bank, booked_on=claim.ledger_date, amount=-claim.gross, actor=claiming.accountant, text="Expenses Ada")
        if on_statement:
            match_statement_line(line, actor=claiming.accountant, parts=[PartInput(line.amount, entry_id=entry_of(claim).pk)])
        else:
            match_statement_line(line, actor=claiming.accountant, account_role="OUTSTANDING_PAYMENTS")
    sums = net_by_role(*JournalEntry.objects.filter(company=claiming.company))
    assert (sums["BANK"], sums.get("OUTSTANDING_PAYMENTS", 0), sums.get("EMPLOYEE_PAYABLE", 0)) == (-80, 0, 0)


def test_a_reversed_claim_opens_its_advances_again(claiming):
    advance = claiming.advance("100")
    claim = claiming.post(claiming.line("220"))
    reverse_claim(claim, actor=claiming.accountant, on=date(2026, 3, 31), reason="wrong employee")
    claim.refresh_from_db()
    advance.refresh_from_db()
    assert (claim.status, claim.open_amount, advance.open_amount, advance.status) == ("reversed", 0, 100, "paid")
    assert net_by_role(*JournalEntry.objects.filter(company=claiming.company, source_key__startswith=claim.key)) == {}


def test_a_reversed_payment_is_owed_again_and_an_advance_may_be_paid_anew(claiming):
    claim = claiming.post()
    reimburse_claim(claim, actor=claiming.accountant, bank_account_id=claiming.bank.pk, paid_on=claim.ledger_date)
    with pytest.raises(Refusal) as refusal:
        reverse_claim(claim, actor=claiming.accountant)
    assert refusal.value.code == "claim_paid"
    reverse_employee_payment(EmployeePayment.objects.get(claim=claim), actor=claiming.accountant, on=date(2026, 3, 31))
    claim.refresh_from_db()
    assert (claim.status, claim.open_amount) == ("posted", 220)

    advance = claiming.advance("100", on=date(2026, 4, 1))
    reverse_employee_payment(EmployeePayment.objects.get(advance=advance), actor=claiming.accountant, on=date(2026, 4, 2))
    advance.refresh_from_db()
    assert (advance.status, advance.open_amount) == ("approved", 0)


def test_a_used_advance_keeps_its_payment(claiming):
    advance = claiming.advance("100")
    claiming.post(claiming.line("30"))
    with pytest.raises(Refusal) as refusal:
        reverse_employee_payment(EmployeePayment.objects.get(advance=advance), actor=claiming.accountant)
    assert refusal.value.code == "advance_used"


def test_posting_counts_on_the_day_of_the_last_expense_unless_said(claiming):
    claim = claiming.approve(claiming.line("10", on=date(2026, 1, 5)), claiming.line("20", on=date(2026, 2, 7)))
    assert post_claim(claim, actor=claiming.accountant).entry.ledger_date == date(2026, 2, 7)


def test_the_close_names_claims_not_posted_and_old_advances(claiming):
    claim, advance = claiming.approve(), claiming.advance("10", on=date(2026, 1, 5))
    findings = {check.name: [str(found) for found in check.find(Period.objects.get(company=claiming.company, year__code="2026", number=3))]
                for check in closing_checks() if check.name in {"expense_claims", "employee_advances"}}
    assert findings == {"expense_claims": [f"{claim} Ada: 220.00"], "employee_advances": [f"{advance} Ada: 10.00"]}
