"""Claims under real threads: advances are used once, receipts handed in once, claims paid back once. A new company per repetition."""

from decimal import Decimal
from functools import partial

import pytest

from erp.claims.models import EmployeePayment, ExpenseClaim, ExpenseReceipt
from erp.claims.services import attach_receipt, post_claim, reimburse_claim, take_back_advance
from erp.freight.services import accrue_freight
from erp.ledger.models import JournalEntry
from erp.payables.services import post_bill
from suite.kernel.documents.errors import BusinessError
from tests.factories.books import net_by_role
from tests.factories.claims import DAY, Claiming, receipt_file
from tests.factories.payables import Buying
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def ledger(company) -> dict[str, Decimal]:
    return net_by_role(*JournalEntry.objects.filter(company=company))


def errors_of(outcomes) -> list[BaseException]:
    return [outcome.error for outcome in outcomes if outcome.error is not None]


def test_two_claims_at_once_never_use_an_advance_twice(race):
    """Both are over 80.00 and the advance has 100.00: between them they take exactly that."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        made = Claiming()
        advance = made.advance("100")
        claims = [made.approve(made.line("80")), made.approve(made.line("80", on=DAY.replace(day=11)))]
        outcomes = race(*(partial(post_claim, claim, actor=made.accountant) for claim in claims))
        assert errors_of(outcomes) == []
        advance.refresh_from_db()
        assert (advance.open_amount, advance.status) == (0, "settled")
        assert sorted(ExpenseClaim.objects.filter(company=made.company).values_list("covered", "open_amount")) == [(20, 60), (80, 0)]
        assert ledger(made.company).get("EMPLOYEE_ADVANCES", 0) == 0
    must_be_sound(before, with_causes=False)


def test_a_claim_and_a_return_at_once_never_use_an_advance_twice(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        made = Claiming()
        advance = made.advance("100")
        claim = made.approve(made.line("80"))
        race(
            partial(post_claim, claim, actor=made.accountant),
            partial(take_back_advance, advance, actor=made.accountant, bank_account_id=made.bank.pk, paid_on=DAY),
        )
        advance.refresh_from_db()
        claim.refresh_from_db()
        assert (advance.open_amount, advance.status) == (0, "settled")
        assert (claim.covered, claim.open_amount) in {(0, 80), (80, 0)}
        assert ledger(made.company).get("EMPLOYEE_ADVANCES", 0) == 0
    must_be_sound(before, with_causes=False)


def test_a_claim_is_paid_back_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        made = Claiming()
        claim = made.post()
        pay = partial(reimburse_claim, claim, actor=made.accountant, bank_account_id=made.bank.pk, paid_on=DAY)
        outcomes = race(*[pay] * 3)
        assert [isinstance(error, BusinessError) for error in errors_of(outcomes)] == [True, True]
        assert EmployeePayment.objects.get(company=made.company).amount == 220
    must_be_sound(before, with_causes=False)


def test_a_receipt_handed_in_twice_at_once_is_kept_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        made = Claiming()
        claims = [made.draft(), made.draft(made.line("9"))]
        outcomes = race(*(partial(attach_receipt, line=claim.lines.get(), file=receipt_file(), actor=made.user) for claim in claims))
        assert [getattr(error, "code", error) for error in errors_of(outcomes)] == ["expense_receipt_once"]
        assert ExpenseReceipt.objects.filter(company=made.company).count() == 1
    must_be_sound(before, with_causes=False)


def test_two_bills_at_once_settle_freight_once(race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        made = Buying()
        accrual = accrue_freight(
            company_id=made.company.pk, shipment_key="scm.shipment:1", shipment_number="SH-1", order_key="", carrier_id=made.supplier.pk,
            amount=Decimal(15), accrued_on=DAY, actor=made.actor,
        )
        bills = [made.draft(made.line("16", tax=made.no_tax, freight_id=accrual.pk), reference=f"R-{number}") for number in (1, 2)]
        outcomes = race(*(partial(post_bill, bill, actor=made.actor) for bill in bills))
        assert errors_of(outcomes) == []
        accrual.refresh_from_db()
        assert (accrual.open_amount, accrual.status) == (0, "billed")
        assert ledger(made.company) == {"FREIGHT_OUT": 32, "AP": -32}
    must_be_sound(before, with_causes=False)
