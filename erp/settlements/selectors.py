"""Which remainders are small, and what two sides of a party have open."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q

from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.receivables.models import OpenItem
from suite.kernel.companies.models import Company


def small_balances(company_id: int, on: date, most: Decimal, min_days: int) -> list[OpenItem]:
    """Items of customers in company currency that were settled in part and have at most `most` open, due `min_days` before `on` or earlier."""
    books = Company.objects.values_list("currency_id", flat=True).get(pk=company_id)
    items = OpenItem.objects.filter(
        company_id=company_id, account_id=accounts_of(company_id).of(AccountRole.AR), currency_id=books, due_on__lte=on - timedelta(days=min_days),
        issued_on__lte=on,
    ).exclude(open_amount=0).exclude(open_amount=F("amount")).filter(open_amount__gte=-most, open_amount__lte=most)
    return list(items.select_related("party", "entry").order_by("party__name", "due_on", "pk"))


def two_sides(company_id: int, party_id: int) -> tuple[list[OpenItem], list[OpenItem]]:
    """(what the party owes as a customer, what it is owed as a supplier), in company currency, oldest due first."""
    accounts = accounts_of(company_id)
    books = Company.objects.values_list("currency_id", flat=True).get(pk=company_id)
    items = OpenItem.objects.filter(Q(open_amount__gt=0) | Q(open_amount__lt=0), company_id=company_id, party_id=party_id, currency_id=books)
    items = items.order_by("due_on", "pk")
    owed = items.filter(account_id=accounts.of(AccountRole.AR), open_amount__gt=0)
    owing = items.filter(account_id=accounts.of(AccountRole.AP), open_amount__lt=0)
    return list(owed), list(owing)
