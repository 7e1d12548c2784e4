"""A company that budgets: cost centres, a budget in any state, and what is booked and committed against it."""

from datetime import date
from decimal import Decimal

from erp.budgets.models import Budget, SeasonalKey
from erp.budgets.rules import Cell
from erp.budgets.selectors import periods_of
from erp.budgets.services import (
    CommittedLine,
    activate_budget,
    approve_budget,
    commit_budget,
    draft_budget,
    override_budget,
    renew_budget,
    save_cells,
)
from erp.dimensions.models import Dimension, DimensionValue
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.services import post_manual_entry
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import save_record
from suite.kernel.users.models import User
from tests.factories.base import make_user
from tests.factories.books import make_books

DAY = date(2026, 3, 10)
RENT, POSTAGE = "6100", "6110"


class Budgeting:
    """Accounts 6100 and 6110 (expense), cost centres 1 (11, 12 below it) and 2; an accountant who writes, a controller who approves."""

    def __init__(self, **company) -> None:
        self.company = make_books(**company)
        self.accountant, self.controller = make_user(self.company, "accountant"), make_user(self.company, "controller")
        self.year = FiscalYear.objects.get(company=self.company, code="2026")
        self.periods = periods_of(self.year.pk)
        Account.objects.get_or_create(company=self.company, code=POSTAGE, defaults={"name": "Postage", "type": "expense"})
        self.centre = Dimension.objects.create(company=self.company, code="CC", name="Centre")
        self.values: dict[str, DimensionValue] = {}
        for code, parent in (("1", None), ("11", "1"), ("12", "1"), ("2", None)):
            self.values[code] = DimensionValue.objects.create(
                company=self.company, dimension=self.centre, code=code, name=f"Centre {code}", parent=self.values.get(parent))

    def account(self, code: str) -> Account:
        return Account.objects.get(company=self.company, code=code)

    def cell(self, amount, *, month=3, account=RENT, value=None) -> Cell:
        return Cell(
            self.account(account).pk, self.values[value].pk if value else None, self.periods[month - 1].pk, None if amount is None else Decimal(amount))

    def draft(self, *cells: Cell, **values) -> Budget:
        """A draft with 100 for rent in each month unless said otherwise."""
        given = {"company_id": self.company.pk, "year": self.year, "name": "Costs", "actor": self.accountant, "dimension": self.centre, **values}
        budget = draft_budget(**given)
        return save_cells(budget=budget, cells=cells or [self.cell("100", month=month) for month in range(1, 13)], actor=self.accountant)

    def active(self, *cells: Cell, **values) -> Budget:
        return activate_budget(approve_budget(self.draft(*cells, **values), actor=self.controller), actor=self.controller)

    def typed(self, amount, *, account=RENT, centre="", on=DAY, actor=None) -> JournalEntry:
        """A draft entry as a clerk types it: the amount on the account, from the bank."""
        entry = JournalEntry(company=self.company, journal=Journal.objects.get(company=self.company, code="GEN"), ledger_date=on, description="Typed")
        amount = Decimal(amount)
        return save_record(entry, actor=actor or self.accountant, lines=[("entry", [
            JournalLine(account=self.account(account), debit=max(amount, 0), credit=max(-amount, 0), dimensions=f"CC:{centre}" if centre else ""),
            JournalLine(account=self.account("1010"), debit=max(-amount, 0), credit=max(amount, 0)),
        ], [])])

    def post(self, amount, **values) -> JournalEntry:
        return post_manual_entry(self.typed(amount, **values), actor=values.get("actor") or self.accountant)


def budget_everything(company: Company, actor: User, canary: str = "") -> None:
    """One of everything that budgets have: an active version and a draft, a key, a commitment, a warning, an override."""
    mark = f"{canary} " if canary else ""
    year = FiscalYear.objects.get(company=company, code="2026")
    rent = Account.objects.get(company=company, code=RENT)
    cells = [Cell(rent.pk, None, period.pk, Decimal(10)) for period in periods_of(year.pk)]
    budget = draft_budget(company_id=company.pk, year=year, name=f"{mark}Costs", actor=actor, control_span="period")
    save_cells(budget=budget, cells=cells, actor=actor)
    other = make_user(company, "controller", username=f"{canary}controller{company.pk}")
    renew_budget(activate_budget(approve_budget(budget, actor=other), actor=other), actor=actor)
    SeasonalKey.objects.create(company=company, name=f"{mark}Key", weights="1 1 1 1 1 1 1 1 1 1 1 1")
    commit_budget(
        company_id=company.pk, source_key=f"scm.purchaseorder:{company.pk}", level="order", actor=actor, lines=[CommittedLine(rent.pk, Decimal(20), DAY)])
    entry = JournalEntry(company=company, journal=Journal.objects.get(company=company, code="GEN"), ledger_date=DAY, description=f"{mark}Rent")
    bank = Account.objects.get(company=company, code="1010")
    save_record(entry, actor=actor, lines=[("entry", [JournalLine(account=rent, debit=Decimal(15)), JournalLine(account=bank, credit=Decimal(15))], [])])
    override_budget(company_id=company.pk, document_key=entry.key, amount=Decimal(40), reason=f"{mark}Reason", actor=other)
    post_manual_entry(entry, actor=actor)
