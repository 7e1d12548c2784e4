"""What employees spent: an advance in hand, a claim in the books that it covered in part, one that waits for the manager."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from erp.claims.models import EmployeeAdvance, EmployeeUser, ExpenseClaim, ExpenseRate, ExpenseType
from erp.claims.services import (
    ClaimLineInput,
    approve_advance,
    approve_claim,
    attach_receipt,
    draft_advance,
    draft_claim,
    pay_advance,
    post_claim,
    submit_claim,
)
from integration.profiles.demo.house import House
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax

# code, name, what the receipts include, limits per line and day, receipt needed from, refuses
TYPES = (
    ("HOTEL", "Hotel", "S07", "160", None, "0", True),
    ("MEAL", "Meals", "S19", None, "60", "20", False),
    ("TRAIN", "Train and taxi", "S07", None, None, "15", True),
)
KILOMETRE = Decimal("0.38")


def tell_expenses(house: House, today: date) -> None:
    """Types and policy, who is an employee, and three claims in three states. Told again, nothing happens twice."""
    in_unit_of_work(lambda: _set_up(house, today), actor=None)
    employee, manager, finance = house.person("sales"), house.person("manager"), house.person("finance")
    types = {one.code: one for one in ExpenseType.objects.filter(company=house.company)}
    advance = draft_advance(
        company_id=house.company.pk, purpose="Trade fair in Leipzig", amount=Decimal(300), needed_on=today, actor=employee, source_key="demo/advance")
    if advance.status == EmployeeAdvance.Status.DRAFT:
        advance = approve_advance(advance, actor=manager)
    if advance.status == EmployeeAdvance.Status.APPROVED:
        pay_advance(advance, actor=finance, bank_account_id=house.bank.pk, paid_on=today)

    hotel, train, meal, car = (types[code].pk for code in ("HOTEL", "TRAIN", "MEAL", "CAR"))
    fair = _claim(house, today, "fair", "Trade fair in Leipzig", [
        (hotel, "149.80", 1, "Hotel Waldstrasse, one night"), (train, "64.20", 1, "Train there and back"), (meal, "41.65", 1, "Dinner with Nordholz"),
    ])
    if fair.status == ExpenseClaim.Status.SUBMITTED:
        fair = approve_claim(fair, actor=manager)
    if fair.status == ExpenseClaim.Status.APPROVED:
        post_claim(fair, actor=finance, ledger_date=today)
    _claim(house, today, "visit", "Visit of customers in the north", [
        (car, None, 212, "Bremen, Oldenburg and back"), (meal, "71.40", 1, "Lunch for four"),
    ])


def _claim(house: House, today: date, key: str, purpose: str, lines: list) -> ExpenseClaim:
    employee, spent_on = house.person("sales"), today - timedelta(days=1)
    claim = draft_claim(
        company_id=house.company.pk, purpose=purpose, actor=employee, source_key=f"demo/claim/{key}",
        lines=[ClaimLineInput(spent_on, pk, price and Decimal(price), Decimal(count), text) for pk, price, count, text in lines],
    )
    if claim.status != ExpenseClaim.Status.DRAFT:
        return claim
    for line in claim.lines.filter(receipt=None).exclude(type__measure=ExpenseType.Measure.DISTANCE).order_by("position"):
        text = f"{line.description}\n{spent_on}\nTotal EUR {line.gross}\n"
        attach_receipt(line=line, file=SimpleUploadedFile(f"receipt-{line.position}.txt", text.encode()), actor=employee)
    return submit_claim(claim, actor=employee)


def _set_up(house: House, today: date) -> None:
    company = house.company
    if EmployeeUser.objects.filter(company=company).exists():
        return
    for number, role in (("E-901", "sales"), ("E-902", "manager"), ("E-903", "finance")):
        person = house.person(role)
        party = Party.objects.create(company=company, number=number, name=str(person), kind="person", is_employee=True, email=person.email)
        EmployeeUser.objects.create(company=company, user=person, party=party)
    taxes = {tax.code: tax for tax in Tax.objects.filter(company=company)}
    for code, name, tax, per_line, per_day, receipt_from, refuses in TYPES:
        ExpenseType.objects.create(
            company=company, code=code, name=name, tax=taxes.get(tax) or taxes.get("S19"), limit_per_receipt=per_line and Decimal(per_line),
            limit_per_day=per_day and Decimal(per_day), receipt_from=Decimal(receipt_from),
            on_breach=ExpenseType.OnBreach.BLOCK if refuses else ExpenseType.OnBreach.WARN,
        )
    car = ExpenseType.objects.create(company=company, code="CAR", name="Own car", measure=ExpenseType.Measure.DISTANCE)
    ExpenseRate.objects.create(company=company, type=car, rate=KILOMETRE, valid_from=today.replace(month=1, day=1) - timedelta(days=366))
