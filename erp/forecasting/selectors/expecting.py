"""Everything that will likely move money, each with its day and why. The number of statements does not grow with the rows."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from erp.forecasting.rules import DOUBTFUL_DAYS, GRACE_DAYS, Expected, Source, netted
from erp.forecasting.selectors.accuracy import accounts_under_way
from erp.forecasting.selectors.habits import HabitsOfCustomers, habits_of
from erp.forecasting.selectors.obligations import tax_to_pay
from erp.forecasting.selectors.repeating import recurring, regular
from erp.forecasting.signals import orders_asked
from erp.ledger.links import entry_page
from erp.ledger.reports.cash import cash_accounts
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import account_totals
from erp.receivables.selectors import items_as_of
from suite.kernel.money.rules import ZERO

# Bills open with a discount that can still be had: until when, and what it takes off.
_DISCOUNTS = """
    SELECT b.entry_id, b.issued_on + t.discount_days, t.discount_percent FROM erp_supplierbill b JOIN kernel_paymentterm t ON t.id = b.payment_term_id
     WHERE b.company_id = %(company)s AND b.entry_id = ANY (%(entries)s) AND t.discount_percent > 0 AND b.issued_on + t.discount_days > %(on)s"""


def opening_balance(company_id: int, on: date) -> tuple[Decimal, Decimal]:
    """(what bank and cash hold at the end of a day by the books, what of it all is on its way: booked and not on a statement); company currency."""
    totals = account_totals(company_id, on)
    held = {pk: opening + debit - credit for pk, (opening, debit, credit) in totals.items()}
    cash, under_way = cash_accounts(company_id), accounts_under_way(company_id)
    return sum((held[pk] for pk in cash if pk in held), ZERO), sum((held[pk] for pk in under_way - cash if pk in held), ZERO)


def expectations(company_id: int, on: date, until: date) -> tuple[list[Expected], list[Expected]]:
    """(what is expected from the day after `on` up to `until` and beyond, what is too long overdue to be counted), as things stood at the end of `on`."""
    habits = habits_of(company_id, on)
    receivable, doubtful = _receivable(company_id, on, habits)
    found = [
        *receivable, *_ordered(company_id, on, habits), *_payable(company_id, on), *tax_to_pay(company_id, on),
        *recurring(company_id, on, until), *regular(company_id, on, until),
    ]
    return found, doubtful


def _receivable(company_id: int, on: date, habits: HabitsOfCustomers) -> tuple[list[Expected], list[Expected]]:
    """Open items of customers by due date and habit; credits are set off against the earliest. What should have come already is expected in a week."""
    expected, doubtful = [], []
    for item in items_as_of(company_id, on):
        habit = habits.of(item["party_id"])
        usual = item["due_on"] + timedelta(days=habit.days_late)
        late = (on - usual).days
        made = Expected(
            Source.INVOICES, usual if late < 0 else on + timedelta(days=GRACE_DAYS), item["left"], item["entry__number"] or "",
            entry_page(item["entry_id"]), item["party_id"], item["party__name"], item["due_on"], _why(habit.days_late, habit.payments, is_own=habit.is_own),
        )
        (doubtful if late > DOUBTFUL_DAYS and item["left"] > 0 else expected).append(made)
    return netted(expected), doubtful


def _why(days: int, payments: int, *, is_own: bool) -> str:
    if not payments:
        return _("due date; nobody has paid yet")
    if is_own:
        return _("due date %(days)s days: the customer's median of %(count)d payments") % {"days": f"{days:+d}", "count": payments}
    return _("due date %(days)s days: the median of all customers, %(count)d payments") % {"days": f"{days:+d}", "count": payments}


def _ordered(company_id: int, on: date, habits: HabitsOfCustomers) -> list[Expected]:
    """Confirmed orders as far as not invoiced: from the day they leave, by payment term and habit."""
    found = []
    for order in orders_asked.ask(company_id=company_id, on=on):
        habit = habits.of(order.party_id)
        for due_on, amount in order.instalments:
            day = max(due_on + timedelta(days=habit.days_late), on + timedelta(days=GRACE_DAYS))
            found.append(Expected(
                Source.ORDERS, day, amount, order.number, order.link, order.party_id, order.party, due_on,
                _why(habit.days_late, habit.payments, is_own=habit.is_own),
            ))
    return found


def _payable(company_id: int, on: date) -> list[Expected]:
    """What suppliers are owed: at the discount date, less the discount, where it is still ahead; else when due; overdue: on the next day."""
    items = items_as_of(company_id, on, role=AccountRole.AP)
    with connection.cursor() as cursor:
        cursor.execute(_DISCOUNTS, {"company": company_id, "on": on, "entries": sorted({item["entry_id"] for item in items})})
        discounts = {entry_id: (day, percent) for entry_id, day, percent in cursor.fetchall()}
    owed = []
    for item in items:
        day, amount, why = max(item["due_on"], on + timedelta(days=1)), -item["left"], _("due date")
        if amount > 0 and item["entry_id"] in discounts and discounts[item["entry_id"]][0] <= day:
            day, percent = discounts[item["entry_id"]]
            amount = (amount * (100 - percent) / 100).quantize(Decimal("0.01"))
            why = _("discount date, less %(percent)s %%") % {"percent": percent.normalize()}
        owed.append(Expected(
            Source.BILLS, day, amount, item["entry__number"] or "", entry_page(item["entry_id"]), item["party_id"], item["party__name"], item["due_on"], why,
        ))
    return [_turned(item) for item in netted(owed)]


def _turned(item: Expected) -> Expected:
    return Expected(**{**vars(item), "amount": -item.amount})
