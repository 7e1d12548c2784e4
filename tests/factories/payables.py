"""A company that buys: books, a supplier, and the steps of a bill through the real services."""

from datetime import date
from decimal import Decimal

from erp.banking.models import BankAccount
from erp.ledger.models import Account, AccountAssignment, JournalEntry
from erp.payables.models import SupplierBankAccount, SupplierBill, SupplierPayment
from erp.payables.services import (
    BillLineInput,
    approve_bank_account,
    draft_bill,
    draft_supplier_payment,
    enter_supplier_bank_account,
    post_bill,
    post_supplier_payment,
)
from erp.receivables.models import OpenItem
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_user
from tests.factories.books import make_books

DAY = date(2026, 3, 10)


class Buying:
    """A company with a supplier and the tax codes that bills need."""

    def __init__(self, **company) -> None:
        self.company = make_books(**company)
        self.actor = make_user(self.company)
        self.second = make_user(self.company, username=f"second-{self.company.pk}")
        self.supplier = self.make_supplier("Paper Mill")
        self.tax, self.tax_20, self.no_tax = (Tax.objects.get(company=self.company, code=code) for code in ("T10", "T20", "T0"))
        self.bank = BankAccount.objects.get(company=self.company, code="BANK")
        self.cash = BankAccount.objects.get(company=self.company, code="CASH")

    def make_supplier(self, name: str, **values) -> Party:
        return Party.objects.create(company=self.company, name=name, number=f"S-{name}", is_supplier=True, **values)

    def account(self, role: str) -> Account:
        return AccountAssignment.objects.get(company=self.company, role=role, product=None, category=None, warehouse=None).account

    def line(self, price="100", *, quantity="1", tax=None, account=None, **values) -> BillLineInput:
        return BillLineInput(
            description="Paper", quantity=Decimal(quantity), unit_price=Decimal(price), tax_id=(tax or self.tax).pk,
            account_id=account and self.account(account).pk, **values,
        )

    def draft(self, *lines, reference="R-1", on=DAY, supplier=None, **values) -> SupplierBill:
        return draft_bill(
            company_id=self.company.pk, supplier_id=(supplier or self.supplier).pk, supplier_reference=reference, issued_on=on,
            lines=lines or (self.line(),), actor=self.actor, **values,
        )

    def bill(self, *lines, **values) -> SupplierBill:
        """A posted bill over 100 and 10 % tax unless said otherwise."""
        return post_bill(self.draft(*lines, **values), actor=self.actor)

    def pay(self, amount, *, on=DAY, cash=False, kind="payment", reference="", allocations=None, on_statement=False, code="EUR") -> SupplierPayment:
        """A posted payment of the supplier: the oldest bills unless said otherwise."""
        payment = draft_supplier_payment(
            company_id=self.company.pk, supplier_id=self.supplier.pk, bank_account_id=(self.cash if cash else self.bank).pk,
            amount=Decimal(amount), paid_on=on, currency_id=code, kind=kind, reference=reference, actor=self.actor,
            payee_account_id=None if kind == "refund" or cash or on_statement else self.payee().pk,
        )
        return post_supplier_payment(payment, actor=self.actor, allocations=allocations, on_statement=on_statement)

    def payee(self, supplier: Party | None = None) -> SupplierBankAccount:
        """The supplier's approved bank account."""
        supplier = supplier or self.supplier
        known = SupplierBankAccount.objects.filter(supplier=supplier, status="approved").first()
        return known or approve_bank_account(enter_supplier_bank_account(
            company_id=self.company.pk, supplier_id=supplier.pk, iban="DE89370400440532013000", holder=supplier.name, actor=self.actor,
        ), actor=self.second)

    def items(self, document) -> list[OpenItem]:
        return list(OpenItem.objects.filter(document_key=document.key).order_by("due_on", "pk"))

    def open(self, document) -> Decimal:
        return sum((item.open_amount for item in self.items(document)), Decimal(0))


def entry_of(document) -> JournalEntry:
    return JournalEntry.objects.get(pk=document.entry_id)
