"""What the books need besides customers and stock: the start, the costs of each month, what was bought, the tax return, closing."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from erp.closing.selectors import checklist
from erp.closing.services import close_period, close_year
from erp.ledger.models import Journal, JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of, balance_of
from erp.ledger.services import post_manual_entry
from integration.profiles.demo.description import description
from integration.profiles.demo.plan import Happening
from integration.profiles.demo.shipping import cost_on
from integration.profiles.demo.story import Story, tells
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.money.rules import round_money
from suite.kernel.users.service_user import recorded_id

Role = AccountRole
INPUT_TAX_RATE = Decimal("0.19")


@tells("open_books", by="finance")
def open_books(story: Story, happening: Happening) -> None:
    """The owners put money into the bank."""
    capital = Decimal(description()["start"]["capital"])
    _book(story, happening.on, "Share capital paid in", [(Role.BANK, capital), (Role.SHARE_CAPITAL, -capital)])


@tells("month_end", by="finance")
def month_end(story: Story, happening: Happening) -> None:
    """Wages and rent, the suppliers of what came in during the month, and the tax return. The opening stock turns out to be the owners' too."""
    first = happening.on.replace(day=1)
    brought_in = balance_of(story.company_id, Role.OPENING_BALANCE_EQUITY, happening.on)
    if brought_in:
        _book(story, happening.on, "Stock brought in by the owners", [(Role.OPENING_BALANCE_EQUITY, -brought_in), (Role.SHARE_CAPITAL, brought_in)])
    costs = [(Role(role), Decimal(amount)) for role, amount in description()["monthly"].items()]
    bought = sum(
        (cost_on(story.plan, good, on) * quantity for on, goods in story.plan.receipts.items()
         if first <= on <= happening.on and on != story.plan.first for good, quantity in goods.items()), Decimal(0),
    )
    _book(story, happening.on, "Costs of the month", [*costs, (Role.BANK, -sum(amount for _role, amount in costs))])
    if bought:
        tax = round_money(bought * INPUT_TAX_RATE)
        _book(story, happening.on, "Suppliers paid for goods of the month", [
            (Role.INVENTORY_ADJUSTMENT, bought), (Role.INPUT_TAX, tax), (Role.BANK, -bought - tax),
        ])
    _tax_return(story, happening.on)


def _tax_return(story: Story, on: date) -> None:
    """Output less input tax of all that is booked up to the day goes to the tax office."""
    owed, deductible = (balance_of(story.company_id, role, on) for role in (Role.OUTPUT_TAX, Role.INPUT_TAX))
    if owed or deductible:
        _book(story, on, f"Tax return {on:%Y-%m}", [(Role.OUTPUT_TAX, -owed), (Role.INPUT_TAX, -deductible), (Role.BANK, owed + deductible)])


@tells("close_month", by="finance")
def close_month(story: Story, happening: Happening) -> None:
    """The month before is locked as soon as nothing stands in the way; after December the year's result goes to the owners."""
    last = happening.on.replace(day=1) - timedelta(days=1)
    finance = story.person("finance")
    for period in Period.objects.filter(
        company_id=story.company_id, is_closing=False, status=Period.Status.OPEN, ends_on__lte=last, year__ends_on__gte=story.plan.first,
    ).order_by("starts_on"):
        waived = [check.name for check in checklist(period) if not check.is_in_order]
        close_period(period, actor=finance, waive=waived, reason="Known, and looked into next month." if waived else "")
    if last.month == 12:
        close_year(year=FiscalYear.objects.get(company_id=story.company_id, ends_on=last), actor=finance)


def _book(story: Story, on: date, description_: str, lines: Sequence[tuple[AccountRole, Decimal]]) -> JournalEntry:
    """An entry as a clerk types it: a draft, then posted."""
    finance = story.person("finance")
    accounts = accounts_of(story.company_id)
    entry = JournalEntry.objects.create(
        company_id=story.company_id, journal=Journal.objects.get(company_id=story.company_id, kind=Journal.Kind.GENERAL), ledger_date=on,
        description=description_, created_by_id=recorded_id(finance),
    )
    JournalLine.objects.bulk_create(
        JournalLine(
            company_id=story.company_id, entry=entry, position=position, account_id=accounts.of(role), debit=max(amount, Decimal(0)),
            credit=max(-amount, Decimal(0)),
        )
        for position, (role, amount) in enumerate((pair for pair in lines if pair[1]), 1)
    )
    return post_manual_entry(entry, actor=finance)
