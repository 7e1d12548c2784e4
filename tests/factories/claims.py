"""A company whose employees spend money: an employee who signs in, an approver, an accountant, expense types, and claims through the real services."""

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from erp.banking.models import BankAccount
from erp.claims.models import EmployeeAdvance, EmployeeUser, ExpenseClaim, ExpenseType
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
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from suite.kernel.users.models import User
from tests.factories.base import make_user
from tests.factories.books import make_books

DAY = date(2026, 3, 10)


def receipt_file(content: bytes = b"lunch", name: str = "receipt.png") -> SimpleUploadedFile:
    """A picture that is kept as a receipt; other content, other receipt."""
    return SimpleUploadedFile(name, b"\x89PNG\r\n\x1a\n" + content, content_type="image/png")


class Claiming:
    """A company with books where Ada (sales) claims, Max (manager) approves and Finn (finance) posts."""

    def __init__(self, **company) -> None:
        self.company = make_books(**company)
        self.employee, self.user = self.hire("Ada", "sales")
        self.boss = make_user(self.company, "manager")
        self.accountant = make_user(self.company, "finance")
        self.meals = self.type("MEAL", "Meals", tax="T10")
        self.bank = BankAccount.objects.get(company=self.company, code="BANK")
        self.cash = BankAccount.objects.get(company=self.company, code="CASH")

    def hire(self, name: str, role: str) -> tuple[Party, User]:
        """An employee with the user they sign in as."""
        party = Party.objects.create(company=self.company, name=name, number=f"E-{name}", is_employee=True, kind="person")
        user = make_user(self.company, role)
        EmployeeUser.objects.create(company=self.company, user=user, party=party)
        return party, user

    def type(self, code: str, name: str, *, tax: str = "", **values) -> ExpenseType:
        found = Tax.objects.get(company=self.company, code=tax) if tax else None
        return ExpenseType.objects.create(company=self.company, code=code, name=name, tax=found, **values)

    def line(self, price="220", *, on=DAY, type=None, **values) -> ClaimLineInput:
        return ClaimLineInput(on, (type or self.meals).pk, None if price is None else Decimal(price), **values)

    def draft(self, *lines, actor=None, **values) -> ExpenseClaim:
        return draft_claim(
            company_id=self.company.pk, purpose="Trade fair", lines=lines or (self.line(),), actor=actor or self.user, **values,
        )

    def attach(self, claim: ExpenseClaim, content: bytes = b"lunch", *, position: int = 1, actor=None):
        return attach_receipt(line=claim.lines.get(position=position), file=receipt_file(content), actor=actor or self.user)

    def submit(self, *lines, **values) -> ExpenseClaim:
        return submit_claim(self.draft(*lines, **values), actor=values.get("actor") or self.user)

    def approve(self, *lines, **values) -> ExpenseClaim:
        return approve_claim(self.submit(*lines, **values), actor=self.boss)

    def post(self, *lines, **values) -> ExpenseClaim:
        return post_claim(self.approve(*lines, **values), actor=self.accountant)

    def asked(self, amount="300", *, actor=None, **values) -> EmployeeAdvance:
        return draft_advance(
            company_id=self.company.pk, purpose="Trade fair", amount=Decimal(amount), needed_on=DAY, actor=actor or self.user, **values,
        )

    def advance(self, amount="300", *, on=DAY, **values) -> EmployeeAdvance:
        """An advance paid out of the bank, as the statement shows it."""
        approved = approve_advance(self.asked(amount, **values), actor=self.boss)
        return pay_advance(approved, actor=self.accountant, bank_account_id=self.bank.pk, paid_on=on, on_statement=True)
