"""Setting up a company's books: chart, roles, journals, fiscal years."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Any

from erp.ledger.chart import CHART, JOURNALS, ChartRow
from erp.ledger.models import Account, AccountAssignment, Journal
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work


def set_up_books(*, company: Company, actor: Any, first_year: int, years: int = 1, chart: Sequence[ChartRow] = CHART) -> None:
    """Gives a company accounts that play every role, journals, and calendar years of twelve periods and a closing one. Repeating it adds only
    what is missing."""

    def set_up() -> None:
        known = dict(Account.objects.filter(company=company).values_list("code", "pk"))
        Account.objects.bulk_create(
            Account(company=company, code=row.code, name=row.name, type=row.type, control=row.control) for row in chart if row.code not in known
        )
        accounts = dict(Account.objects.filter(company=company).values_list("code", "pk"))
        assigned = set(AccountAssignment.objects.filter(company=company, product=None, category=None, warehouse=None).values_list("role", flat=True))
        AccountAssignment.objects.bulk_create(
            AccountAssignment(company=company, role=role, account_id=accounts[row.code])
            for row in chart for role in row.roles if role not in assigned
        )
        journals = set(Journal.objects.filter(company=company).values_list("code", flat=True))
        Journal.objects.bulk_create(
            Journal(company=company, code=code, name=name, kind=kind) for code, name, kind in JOURNALS if code not in journals
        )
        for year in range(first_year, first_year + years):
            open_fiscal_year(company=company, year=year, actor=actor)

    in_unit_of_work(set_up, actor=actor)


def open_fiscal_year(*, company: Company, year: int, actor: Any) -> FiscalYear:
    """A calendar year with its periods; the existing one when it is there."""

    def open_year() -> FiscalYear:
        existing = FiscalYear.objects.filter(company=company, code=str(year)).first()
        if existing:
            return existing
        fiscal_year = FiscalYear.objects.create(company=company, code=str(year), starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
        Period.objects.bulk_create([
            *(
                Period(
                    company=company, year=fiscal_year, number=month, starts_on=date(year, month, 1),
                    ends_on=date(year, month, monthrange(year, month)[1]),
                )
                for month in range(1, 13)
            ),
            Period(
                company=company, year=fiscal_year, number=13, starts_on=date(year, 12, 31), ends_on=date(year, 12, 31), is_closing=True,
            ),
        ])
        return fiscal_year

    return in_unit_of_work(open_year, actor=actor)
