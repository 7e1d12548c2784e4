"""Bank accounts, and movements typed by hand."""

from decimal import Decimal
from typing import Any

from erp.banking.models import BankAccount, StatementLine
from erp.ledger.models import Account, Journal
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.money.rules import ZERO


def open_bank_account(
    *, company: Company, actor: Any, code: str, name: str, account_code: str = "1010", is_cash: bool = False, iban: str = "",
    cash_rounding: Decimal = ZERO, currency_id: str | None = None,
) -> BankAccount:
    """A bank account or cash box on a ledger account of the company; the existing one of that code when it is there."""

    def open_account() -> BankAccount:
        known = BankAccount.objects.filter(company=company, code=code).first()
        return known or BankAccount.objects.create(
            company=company, code=code, name=name, iban=iban, is_cash=is_cash, cash_rounding=cash_rounding,
            currency_id=currency_id or company.currency_id,
            account=Account.objects.get(company=company, code=account_code),
            journal=Journal.objects.filter(company=company, kind=Journal.Kind.BANK).order_by("pk").first(),
        )

    return in_unit_of_work(open_account, actor=actor)


def enter_statement_line(
    *, bank_account: BankAccount, booked_on, amount: Decimal, actor: Any, text: str = "", party_id: int | None = None,
    external_id: str | None = None, counterparty_name: str = "", counterparty_iban: str = "",
) -> StatementLine:
    """A movement as the bank reports it (amount above zero: money in); the known one for the same id of the bank."""

    def enter() -> StatementLine:
        if external_id and (known := StatementLine.objects.filter(bank_account=bank_account, external_id=external_id).first()):
            return known
        return insert_row(StatementLine(
            company_id=bank_account.company_id, bank_account=bank_account, booked_on=booked_on, amount=amount, text=text, party_id=party_id,
            external_id=external_id, counterparty_name=counterparty_name, counterparty_iban=counterparty_iban,
        ))

    return in_unit_of_work(enter, actor=actor)
