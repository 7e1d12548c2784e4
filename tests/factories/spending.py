"""What employees of a company with a past spent: an advance paid out, a claim paid back, one that waits; and freight that waits for its bill."""

from datetime import date
from decimal import Decimal

from erp.banking.models import BankAccount
from erp.claims.models import EmployeeUser, ExpenseRate, ExpenseType
from erp.claims.services import (
    ClaimLineInput,
    approve_advance,
    approve_claim,
    draft_advance,
    draft_claim,
    pay_advance,
    post_claim,
    reimburse_claim,
    submit_claim,
)
from erp.freight.services import accrue_freight
from suite.kernel.companies.models import Company
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from suite.kernel.users.models import User
from tests.factories.base import make_user

DAY = date(2026, 3, 10)


def spend(company: Company, actor: User, *, canary: str = "") -> None:
    """One of everything that belongs to claims and freight; texts begin with the canary."""
    employee = Party.objects.create(company=company, name=f"{canary}Employee", number="E-1", is_employee=True)
    EmployeeUser.objects.create(company=company, user=actor, party=employee)
    boss, bank = make_user(company, "controller"), BankAccount.objects.get(company=company, code="BANK")
    meals = ExpenseType.objects.create(
        company=company, code="MEAL", name=f"{canary}Meals", tax=Tax.objects.filter(company=company, rate__gt=0).first(), receipt_from=Decimal(0))
    car = ExpenseType.objects.create(company=company, code="CAR", name=f"{canary}Car", measure=ExpenseType.Measure.DISTANCE)
    ExpenseRate.objects.create(company=company, type=car, rate=Decimal("0.3"), valid_from=date(2025, 1, 1))
    advance = draft_advance(company_id=company.pk, purpose=f"{canary}fair", amount=Decimal(100), needed_on=DAY, actor=actor)
    pay_advance(approve_advance(advance, actor=boss), actor=actor, bank_account_id=bank.pk, paid_on=DAY)
    lines = [ClaimLineInput(DAY, meals.pk, Decimal(110), description=f"{canary}dinner"), ClaimLineInput(DAY, car.pk, quantity=Decimal(200))]
    claims = [
        submit_claim(draft_claim(company_id=company.pk, purpose=f"{canary}{word}", lines=lines, actor=actor, note=f"{canary}note"), actor=actor)
        for word in ("fair", "visit")
    ]
    claim = post_claim(approve_claim(claims[0], actor=boss), actor=actor)
    reimburse_claim(claim, actor=actor, bank_account_id=bank.pk, amount=Decimal(20), paid_on=DAY)
    carrier = Party.objects.create(company=company, name=f"{canary}Freight", number="C-1", is_supplier=True, is_carrier=True)
    accrue_freight(
        company_id=company.pk, shipment_key="scm.shipment:0", shipment_number=f"{canary}SH-0", order_key="", carrier_id=carrier.pk, amount=Decimal(15),
        accrued_on=DAY, actor=actor,
    )
