"""The budget of this year: last year's expenses and a little more, active since the year began, with something ordered and something that goes over it."""

from datetime import date
from decimal import Decimal

from erp.budgets.models import Budget, SeasonalKey
from erp.budgets.rules import Cell
from erp.budgets.selectors import accounts_of_kind, periods_of
from erp.budgets.services import CommittedLine, activate_budget, approve_budget, commit_budget, draft_budget, fill_from, renew_budget, save_cells
from erp.ledger.models import Journal, JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from integration.profiles.demo.house import House
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id

MORE = Decimal(3)
FLAT = Decimal(1500)


def tell_budgets(house: House, today: date) -> None:
    """Once: an active budget of the year's expenses by month that warns, its next version as a draft, an order that will come, and a draft entry
    that would go over it."""
    company, finance = house.company, house.person("finance")
    year = FiscalYear.objects.filter(company=company, starts_on__lte=today, ends_on__gte=today).first()
    if year is None or Budget.objects.filter(company=company).exists():
        return

    def tell() -> None:
        SeasonalKey.objects.create(company=company, name="Garden season", weights="5 6 9 12 13 12 10 9 8 6 5 5")
        budget = draft_budget(company_id=company.pk, year=year, name="Expenses", actor=finance, control_span=Budget.Span.YEAR)
        budget = save_cells(budget=budget, cells=_cells(budget), actor=finance)
        second = house.person("administrator")
        budget = activate_budget(approve_budget(budget, actor=second), actor=second)
        renew_budget(budget, actor=finance)
        rent = accounts_of(company.pk).of(AccountRole.EXPENSE)
        commit_budget(
            company_id=company.pk, source_key="scm.purchaseorder:1", level="order", actor=finance, lines=[CommittedLine(rent, Decimal(480), today)])
        _over(house, rent, today)

    in_unit_of_work(tell, actor=finance)


def _cells(budget: Budget) -> list[Cell]:
    """Last year's expenses, and where there were none the same amount each month."""
    try:
        return fill_from(budget, "actual", MORE, [])
    except Refusal:
        account = accounts_of_kind(budget.company_id, budget.kind).first()
        return [Cell(account.pk, None, period.pk, FLAT) for period in periods_of(budget.year_id)]


def _over(house: House, account_id: int, today: date) -> None:
    finance = house.person("finance")
    entry = JournalEntry.objects.create(
        company=house.company, journal=Journal.objects.get(company=house.company, kind=Journal.Kind.GENERAL), ledger_date=today,
        description="New shelves for the shop, more than was planned", created_by_id=recorded_id(finance),
    )
    bank = accounts_of(house.company.pk).of(AccountRole.BANK)
    JournalLine.objects.bulk_create([
        JournalLine(company=house.company, entry=entry, position=1, account_id=account_id, debit=Decimal(48_000)),
        JournalLine(company=house.company, entry=entry, position=2, account_id=bank, credit=Decimal(48_000)),
    ])
