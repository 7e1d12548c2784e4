"""A company in US dollars that buys in euros and pounds."""

from decimal import Decimal

from erp.banking.models import BankAccount
from erp.ledger.models import Account, Journal, JournalEntry
from erp.payables.models import SupplierPayment
from erp.payables.services import draft_supplier_payment, post_supplier_payment
from tests.factories.currencies import currency
from tests.factories.payables import Buying


class BuyingAbroad(Buying):
    """Buying, in a company that keeps its books in US dollars."""

    def __init__(self, **values) -> None:
        super().__init__(currency=currency("USD"), **values)

    def account_in(self, code: str, ledger_code: str) -> BankAccount:
        """A bank account kept in a foreign currency, on a ledger account of its own."""
        ledger, _made = Account.objects.get_or_create(company=self.company, code=ledger_code, defaults={"name": f"Bank {code}", "type": "asset"})
        return BankAccount.objects.create(
            company=self.company, code=code, name=f"Bank {code}", account=ledger, currency=currency(code),
            journal=Journal.objects.get(company=self.company, kind="bank"),
        )

    def bill_in(self, amount="100", *, code="EUR", tax=None, **values):
        """A posted bill in a currency, without tax unless one is named."""
        return self.bill(self.line(amount, tax=tax or self.no_tax), currency_id=code, **values)

    def send_money(self, amount, *, on, code="EUR", account=None, kind="payment", allocations=None, on_statement=True) -> SupplierPayment:
        """Money to the supplier in a currency, off the bank account unless said otherwise."""
        draft = draft_supplier_payment(
            company_id=self.company.pk, supplier_id=self.supplier.pk, bank_account_id=(account or self.bank).pk, amount=Decimal(amount),
            paid_on=on, currency_id=code, kind=kind, actor=self.actor,
            payee_account_id=None if kind == "refund" or on_statement else self.payee().pk,
        )
        return post_supplier_payment(draft, actor=self.actor, allocations=allocations, on_statement=on_statement)

    def left(self, *documents) -> list[tuple[Decimal, Decimal]]:
        """(company currency, document currency) open per document."""
        return [
            (sum((item.open_amount for item in self.items(one)), Decimal(0)), sum((item.open_currency for item in self.items(one)), Decimal(0)))
            for one in documents
        ]

    def differences(self) -> list[JournalEntry]:
        """Entries of exchange differences, in order."""
        return list(JournalEntry.objects.filter(company=self.company, journal__kind=Journal.Kind.EXCHANGE).order_by("pk"))
