"""Writing the finance amounts: a transaction for each day of the source, so that a run that was killed is continued by the next."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import Group

from erp.budgets.models import Budget
from erp.budgets.rules import Cell
from erp.budgets.selectors import periods_of
from erp.budgets.services import activate_budget, approve_budget, draft_budget, save_cells
from erp.dimensions.models import Dimension, DimensionValue
from erp.ledger.models import Account, AccountAssignment, Journal, JournalEntry
from erp.ledger.services import EntryLine, begin_entry, complete_entry, mirror_entry, roll_up_balances, set_up_books
from integration.profiles.adventureworks_finance.source import ACTUAL, BALANCE_TYPES, BUDGET, CREDIT_TYPES, STATISTICS, Amount, Source, Unit
from integration.profiles.progress import Progress
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.models import Currency
from suite.kernel.money.rules import ZERO
from suite.kernel.users.models import User

PREFIX = "adventureworks/finance/"
RESULT_IN_BALANCES, STATISTICS_COUNTER = "3599", "9599"


@dataclass
class Books:
    """The company that was set up, and where the source's keys went."""

    company: Company
    writer: User
    approver: User
    accounts: dict[str, int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    department: Dimension | None = None


def set_up(source: Source) -> Books:
    """Company, years, chart and dimensions; repeating it adds what is missing. One transaction."""

    def write() -> Books:
        dollar, _new = Currency.objects.get_or_create(code="USD", defaults={"name": "US dollar", "symbol": "$", "digits": 2})
        company, _new = Company.objects.get_or_create(code="AWC", defaults={"name": source.organisations["1"].name, "currency": dollar, "country": "US"})
        books = Books(company, _person(company, "moving-in", "administrator"), _person(company, "controller", "controller"))
        years = sorted({amount.on.year for amount in source.amounts})
        set_up_books(company=company, actor=books.writer, first_year=years[0], years=years[-1] - years[0] + 1, chart=())
        _chart(books, source)
        organisation, _new = Dimension.objects.get_or_create(company=company, code="ORG", defaults={"name": "Organisation"})
        books.department, _new = Dimension.objects.get_or_create(company=company, code="DEP", defaults={"name": "Department"})
        books.organisations = _values(organisation, source.organisations.values())
        books.departments = _values(books.department, source.departments.values())
        return books

    return in_unit_of_work(write, actor=None)


def _person(company: Company, name: str, role: str) -> User:
    """Nobody can sign in as this user before a password is set."""
    user, new = User.objects.get_or_create(
        username=f"{company.code.lower()}-{name}", defaults={"company": company, "first_name": name.capitalize(), "last_name": company.name[:100]})
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.companies.add(company)
        user.groups.add(Group.objects.get(name=role))
    return user


def _chart(books: Books, source: Source) -> None:
    """The source's tree of accounts: what others are part of is a heading. Two accounts of ours stand against the result and the statistics."""
    known = dict(Account.objects.filter(company=books.company).values_list("code", "pk"))
    headings = {account.parent for account in source.accounts.values()}

    def add(code: str, name: str, kind: str, parent: str, *, is_heading: bool = False) -> int:
        if code not in known:
            known[code] = Account.objects.create(
                company=books.company, code=code, name=name, type=kind, parent_id=known.get(parent), is_heading=is_heading).pk
        return known[code]

    def with_parents(key: str) -> None:
        account = source.accounts[key]
        if account.parent:
            with_parents(account.parent)
        above = source.accounts[account.parent].code if account.parent else ""
        books.accounts[key] = add(account.code, account.name, account.type, above, is_heading=key in headings)

    for key in source.accounts:
        with_parents(key)
    books.counters = {
        "result": add(RESULT_IN_BALANCES, "Result contained in the balances", "equity", "3030"),
        "statistics": add(STATISTICS_COUNTER, "Counter-account of statistics", "asset", STATISTICS),
    }
    AccountAssignment.objects.get_or_create(company=books.company, role="RETAINED_EARNINGS", defaults={"account_id": known["3540"]})


def _values(dimension: Dimension, units: Iterable[Unit]) -> dict[str, int]:
    by_key = {unit.key: unit for unit in units}
    found = dict(DimensionValue.objects.filter(dimension=dimension).values_list("code", "pk"))

    def add(key: str) -> int:
        unit = by_key[key]
        parent = add(unit.parent) if unit.parent else None
        if key not in found:
            found[key] = DimensionValue.objects.create(company=dimension.company, dimension=dimension, code=key, name=unit.name, parent_id=parent).pk
        return found[key]

    for key in by_key:
        add(key)
    return found


def post_actuals(books: Books, source: Source, say: Callable[[str], None]) -> None:
    """Entries per day and organisation: its balances (taken back when the next ones come, so that a balance sheet of any day is the source's),
    and its income, expense and flows of the month. What is there already stays."""
    by_day: dict[date, dict[str, list[Amount]]] = defaultdict(lambda: defaultdict(list))
    for amount in source.amounts:
        if amount.scenario == ACTUAL and amount.amount:
            by_day[amount.on][amount.organisation].append(amount)
    done = set(JournalEntry.objects.filter(company=books.company, source_key__startswith=PREFIX, status="posted").values_list("source_key", flat=True))
    progress = Progress(say, len(by_day))
    last: dict[str, str] = {}
    for on in sorted(by_day):

        def post_day(on: date = on) -> None:
            for organisation, amounts in sorted(by_day[on].items()):
                _post_organisation(books, source, on, organisation, amounts, last.get(organisation), done)

        in_unit_of_work(post_day, actor=books.writer)
        last.update({one: _name(on, one, "balances") for one, found in by_day[on].items() if any(_is_balance(source, amount) for amount in found)})
        progress.step(on)
    while roll_up_balances(limit=5000):
        pass


def _is_balance(source: Source, amount: Amount) -> bool:
    return source.accounts[amount.account].source_type in BALANCE_TYPES


def _name(on: date, organisation: str, what: str) -> str:
    return f"{PREFIX}{on}/{organisation}/{what}"


def _post_organisation(books: Books, source: Source, on: date, organisation: str, amounts: list[Amount], before: str | None, done: set[str]) -> None:
    balances = [amount for amount in amounts if _is_balance(source, amount)]
    flows = [amount for amount in amounts if not _is_balance(source, amount)]
    if balances and before and f"{before}/back" not in done:
        entry = JournalEntry.objects.get(company=books.company, source_key=before)
        mirror_entry(entry, on=on, description=f"{entry.description}, taken back", actor=books.writer, source_key=f"{before}/back")
    for what, part in (("balances", balances), ("result", flows)):
        key = _name(on, organisation, what)
        if not part or key in done:
            continue
        entry = begin_entry(
            company_id=books.company.pk, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=books.writer, source_key=key,
            description=f"{source.organisations[organisation].name}: {what}",
        )
        if entry.is_new:
            complete_entry(entry, _lines(books, source, organisation, part), books.writer)


def _lines(books: Books, source: Source, organisation: str, amounts: list[Amount]) -> list[EntryLine]:
    """A line for each amount, with its organisation and department, and what stands against them."""
    lines, open_sums = [], {"result": ZERO, "statistics": ZERO}
    for amount in amounts:
        account = source.accounts[amount.account]
        signed = -amount.amount if account.source_type in CREDIT_TYPES else amount.amount
        lines.append(EntryLine(
            account_id=books.accounts[amount.account], amount=signed, dimensions=(books.organisations[organisation], books.departments[amount.department])))
        open_sums["statistics" if account.source_type in ("Balances", "Flow") else "result"] += signed
    whole = (books.organisations[organisation],)
    return [*lines, *(EntryLine(account_id=books.counters[name], amount=-total, dimensions=whole) for name, total in open_sums.items())]


def make_budgets(books: Books, source: Source, say: Callable[[str], None]) -> None:
    """An active budget for each organisation and year, with a line per account, department and month. What is there already stays."""
    found: dict[tuple[int, str], dict[tuple[str, str, int], Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for amount in source.amounts:
        if amount.scenario == BUDGET:
            found[amount.on.year, amount.organisation][amount.account, amount.department, amount.on.month] += amount.amount
    years = {int(year.code): year for year in FiscalYear.objects.filter(company=books.company, code__in=[str(year) for year, _one in found])}
    for (year, organisation), amounts in sorted(found.items()):
        in_unit_of_work(lambda y=years[year], o=organisation, a=amounts: _make_budget(books, source, y, o, a), actor=books.writer)
    say(f"{len(found)} budgets are there.")


def _make_budget(books: Books, source: Source, year: FiscalYear, organisation: str, amounts: dict[tuple[str, str, int], Decimal]) -> None:
    scope = books.organisations[organisation]
    if Budget.objects.filter(company=books.company, year=year, scope_id=scope).exists():
        return
    periods: dict[int, Period] = {period.starts_on.month: period for period in periods_of(year.pk)}
    budget = draft_budget(
        company_id=books.company.pk, year=year, name=source.organisations[organisation].name, actor=books.writer, kind=Budget.Kind.RESULT, scope_id=scope,
        dimension=books.department, control_actual=Budget.Control.NONE,
    )
    cells = [
        Cell(books.accounts[account], books.departments[department], periods[month].pk, amount) for (account, department, month), amount in amounts.items()
    ]
    save_cells(budget=budget, cells=cells, actor=books.writer)
    activate_budget(approve_budget(budget, actor=books.approver), actor=books.approver)
