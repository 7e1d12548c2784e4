"""What a forecast is made of and how it adds up. No database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean

from django.db import models
from django.utils.translation import gettext_lazy as _

from suite.kernel.money.rules import ZERO

DOUBTFUL_DAYS = 90  # overdue by more than this beyond the customer's habit: no longer counted
GRACE_DAYS = 7  # what should have come already is expected a week from now
ENOUGH_PAYMENTS = 3  # fewer say nothing about a customer's habit


class Source(models.TextChoices):
    """What the expectation rests on."""

    INVOICES = "invoices", _("Invoices")
    ORDERS = "orders", _("Orders")
    BILLS = "bills", _("Bills")
    TAX = "tax", _("Tax")
    RECURRING = "recurring", _("Recurring")
    REGULAR = "regular", _("Regular")
    ONE_OFF = "one_off", _("One-off")


@dataclass(frozen=True)
class Habit:
    """How many days after the due date a customer usually pays (median), and from how many payments that is known."""

    days_late: int
    payments: int
    is_own: bool = True


@dataclass(frozen=True)
class Expected:
    """Money expected on a day: above zero it comes in. `due_on` is what the document says; `why` says how the day was found."""

    source: Source
    expected_on: date
    amount: Decimal
    what: str
    link: str = ""
    party_id: int | None = None
    party: str = ""
    due_on: date | None = None
    why: str = ""


@dataclass(frozen=True)
class OrderAhead:
    """A confirmed order of a customer as far as it is not invoiced: (due day, amount in company currency) by its payment term."""

    party_id: int
    party: str
    number: str
    link: str
    instalments: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class Assumed:
    """The numbers of a scenario; without one nothing is assumed."""

    receipts_shift: int = 0
    payments_shift: int = 0
    lost_share: Decimal = ZERO
    left_out: frozenset[int] = frozenset()
    one_off: tuple[Expected, ...] = ()


@dataclass(frozen=True)
class Span:
    """Days of the forecast that stand in one row, with the money of each source and the balance at their end."""

    starts_on: date
    ends_on: date
    by_source: dict[Source, Decimal]
    receipts: Decimal
    payments: Decimal
    closing: Decimal


def under(items: Iterable[Expected], assumed: Assumed, on: date, digits: int) -> list[Expected]:
    """The expectations as a scenario sees them: shifted (never to before the day after `on`), shortened, without the customers left out."""
    found = []
    unit = Decimal(1).scaleb(-digits)
    for item in items:
        if item.source in (Source.INVOICES, Source.ORDERS):
            if item.party_id in assumed.left_out:
                continue
            day = max(item.expected_on + timedelta(days=assumed.receipts_shift), on + timedelta(days=1))
            amount = (item.amount * (1 - assumed.lost_share)).quantize(unit) if assumed.lost_share else item.amount
            item = replace(item, expected_on=day, amount=amount)
        elif item.source == Source.BILLS and assumed.payments_shift:
            item = replace(item, expected_on=max(item.expected_on + timedelta(days=assumed.payments_shift), on + timedelta(days=1)))
        if item.amount:
            found.append(item)
    return [*found, *(item for item in assumed.one_off if item.expected_on > on)]


def netted(items: Sequence[Expected]) -> list[Expected]:
    """What is left of a party's debits (above zero) when its credits are set off, the earliest expected first; credits beyond them are not counted.

    For what suppliers are owed the signs are turned by the caller."""
    credit: dict[int | None, Decimal] = {}
    for item in items:
        if item.amount < 0:
            credit[item.party_id] = credit.get(item.party_id, ZERO) - item.amount
    left = []
    for item in sorted((item for item in items if item.amount > 0), key=lambda one: one.expected_on):
        taken = min(credit.get(item.party_id, ZERO), item.amount)
        if taken:
            credit[item.party_id] -= taken
            item = replace(item, amount=item.amount - taken)
        if item.amount:
            left.append(item)
    return left


def weeks_of(on: date, count: int) -> list[tuple[date, date]]:
    """The calendar weeks after `on`, Monday to Sunday; the first is what is left of the running one, or the whole next one."""
    begin, found = on + timedelta(days=1), []
    while len(found) < count:
        end = begin + timedelta(days=6 - begin.weekday())
        found.append((begin, end))
        begin = end + timedelta(days=1)
    return found


def days_of(on: date, count: int) -> list[tuple[date, date]]:
    """Each of the days after `on`."""
    return [(on + timedelta(days=number), on + timedelta(days=number)) for number in range(1, count + 1)]


def sevens_of(on: date, count: int) -> list[tuple[date, date]]:
    """Weeks of seven days counted from the day after `on`: what snapshots are compared by."""
    return [(on + timedelta(days=7 * number + 1), on + timedelta(days=7 * number + 7)) for number in range(count)]


def spans_of(items: Iterable[Expected], opening: Decimal, spans: Sequence[tuple[date, date]]) -> list[Span]:
    """The expectations summed by span, with the running balance. What lies outside the spans does not count."""
    place = {start + timedelta(days=offset): number for number, (start, end) in enumerate(spans) for offset in range((end - start).days + 1)}
    sums: list[dict[Source, Decimal]] = [{} for _span in spans]
    came, went = [ZERO] * len(spans), [ZERO] * len(spans)
    for item in items:
        number = place.get(item.expected_on)
        if number is None:
            continue
        sums[number][item.source] = sums[number].get(item.source, ZERO) + item.amount
        if item.amount > 0:
            came[number] += item.amount
        else:
            went[number] -= item.amount
    found, balance = [], opening
    for number, (start, end) in enumerate(spans):
        balance += came[number] - went[number]
        found.append(Span(start, end, sums[number], came[number], went[number], balance))
    return found


def lowest(spans: Sequence[Span], opening: Decimal, on: date) -> tuple[Decimal, date]:
    """The lowest balance and the first day that has it, the opening one included."""
    return min([(opening, on), *((span.closing, span.ends_on) for span in spans)])


def first_below(spans: Sequence[Span], minimum: Decimal | None) -> date | None:
    """The first day whose balance lies below the minimum."""
    return next((span.ends_on for span in spans if span.closing < minimum), None) if minimum is not None else None


def mape(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Mean absolute percentage error of (expected, came), as a share; without the pairs where nothing came. None where no pair is left."""
    errors = [abs(float(expected - came) / float(came)) for expected, came in pairs if came]
    return Decimal(str(round(fmean(errors), 4))) if errors else None
