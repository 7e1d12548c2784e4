"""A company with books: chart, journals, the years 2025 to 2027, a bank and a cash account."""

from decimal import Decimal

from erp.banking.models import BankAccount
from erp.ledger.models import Account, AccountAssignment, Journal, JournalEntry, JournalLine
from erp.ledger.services import set_up_books
from suite.kernel.companies.models import Company
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_user


def make_books(company: Company | None = None, *, actor: User | None = None, first_year: int = 2025, years: int = 3, **values) -> Company:
    """The company (a new one, made with `values`) with its books opened, bank account BANK and cash box CASH."""
    company = company or make_company(**values)
    actor = actor or make_user(company)
    set_up_books(company=company, actor=actor, first_year=first_year, years=years)
    journal = Journal.objects.get(company=company, kind="bank")
    for code, account, is_cash in (("BANK", "1010", False), ("CASH", "1000", True)):
        BankAccount.objects.get_or_create(
            company=company, code=code,
            defaults={
                "name": code.title(), "account": Account.objects.get(company=company, code=account), "journal": journal,
                "currency": company.currency, "is_cash": is_cash,
            },
        )
    return company


def net_by_role(*entries: JournalEntry) -> dict[str, Decimal]:
    """What the entries together put on each account that plays a role: {role: debit above zero}; accounts that net to zero are left out.

    An account with several roles is named by the first of them; cash counts as BANK.
    """
    company_id = entries[0].company_id
    names: dict[int, str] = {}
    for role, account_id in AccountAssignment.objects.filter(company_id=company_id).order_by("pk").values_list("role", "account_id"):
        names.setdefault(account_id, role)
    sums: dict[str, Decimal] = {}
    for line in JournalLine.objects.filter(entry__in=entries).select_related("account"):
        name = names.get(line.account_id, "BANK" if line.account.code == "1000" else line.account.code)
        sums[name] = sums.get(name, Decimal(0)) + line.debit - line.credit
    return {name: amount for name, amount in sums.items() if amount}
