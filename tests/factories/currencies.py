"""A company in US dollars that trades in euros and pounds."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from erp.banking.models import BankAccount
from erp.ledger.models import Account, Journal
from erp.receivables.models import CustomerInvoice, CustomerPayment
from erp.receivables.services import draft_payment, post_payment
from suite.kernel.companies.models import Company
from suite.kernel.money.models import Currency, ExchangeRate
from tests.factories.trade import DAY, Trade

DIGITS = {"JPY": 0, "KRW": 0, "KWD": 3}


def currency(code: str) -> Currency:
    return Currency.objects.get_or_create(code=code, defaults={"name": code, "symbol": code, "digits": DIGITS.get(code, 2)})[0]


def rates(company: Company, code: str, days: Mapping[date, str]) -> None:
    """Company currency per unit, from each day on."""
    for day, rate in days.items():
        ExchangeRate.objects.update_or_create(company=company, currency=currency(code), valid_from=day, defaults={"rate": Decimal(rate)})


class ForeignTrade(Trade):
    """The trade in a company that keeps its books in US dollars."""

    def __init__(self, **values) -> None:
        super().__init__(currency=currency("USD"), **values)

    def account(self, code: str, ledger_code: str) -> BankAccount:
        """A bank account kept in a foreign currency, on a ledger account of its own."""
        ledger, _made = Account.objects.get_or_create(company=self.company, code=ledger_code, defaults={"name": f"Bank {code}", "type": "asset"})
        return BankAccount.objects.create(
            company=self.company, code=code, name=f"Bank {code}", account=ledger, currency=currency(code),
            journal=Journal.objects.get(company=self.company, kind="bank"),
        )

    def bill(self, amount="100", *, on=DAY, code="EUR", **values) -> CustomerInvoice:
        """A service invoiced without tax."""
        return self.invoice(self.line("1", amount, kind="service", tax=self.no_tax), on=on, currency_id=code, **values)

    def receive_money(
        self, amount, *, on, code="EUR", allocations=None, kind="receipt", account: BankAccount | None = None, on_statement=True, reference="",
    ) -> CustomerPayment:
        """Money in a currency, on the bank account unless said otherwise."""
        draft = draft_payment(
            company_id=self.company.pk, customer_id=self.customer.pk, bank_account_id=(account or self.bank).pk, amount=Decimal(amount), paid_on=on,
            currency_id=code, actor=self.actor, kind=kind, reference=reference,
        )
        return post_payment(draft, actor=self.actor, allocations=allocations, on_statement=on_statement)
