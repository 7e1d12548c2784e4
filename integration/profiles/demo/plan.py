"""What happens in the demo company's two years, decided before anything is written: the same for the same seed, size and last day."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from random import Random

from integration.profiles.demo.customers import Customer, Habit, make_customers
from integration.profiles.demo.description import description

DAYS = 730
QUARTERS = ((2, 6), (5, 7), (8, 6), (11, 6))
TERM_DAYS = {"NET14": 14, "NET30": 30, "EARLY": 30, "HALVES": 60}


class Fate(StrEnum):
    """What becomes of an order besides being delivered, invoiced and paid."""

    USUAL = "usual"
    SPLIT = "split"
    PREPAID = "prepaid"
    AMENDED = "amended"
    CLOSED_SHORT = "closed_short"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    CREDITED = "credited"
    QUOTED = "quoted"


FATES = {
    Fate.USUAL: 705, Fate.SPLIT: 90, Fate.PREPAID: 25, Fate.AMENDED: 45, Fate.CLOSED_SHORT: 20, Fate.CANCELLED: 30, Fate.RETURNED: 15,
    Fate.CREDITED: 25, Fate.QUOTED: 45,
}


@dataclass(frozen=True)
class Good:
    """A product as the plan sees it."""

    sku: str
    name: str
    category: str
    price: Decimal
    weight_kg: Decimal
    cost: Decimal
    lots: bool
    season: tuple[int, ...]


@dataclass
class Sale:
    """An order with everything that will become of it. A day that lies ahead does not happen: it is today's open work."""

    index: int
    on: date
    customer: int
    lines: list[tuple[int, int]]
    fate: Fate
    dispatched_on: date
    rest_on: date
    delivered_on: date
    paid_on: date | None
    freight: Decimal
    express: bool

    @property
    def returned_on(self) -> date:
        """When the parcel is back, where nobody accepts it."""
        return self.delivered_on + timedelta(days=3)


@dataclass(frozen=True)
class Happening:
    """One step of the story. `subject` is a sale's index, a month, or a customer, as the kind of step needs."""

    on: date
    kind: str
    subject: int

    @property
    def key(self) -> str:
        return f"{self.kind}/{self.subject}/{self.on:%Y%m%d}"


@dataclass
class Plan:
    """The whole story."""

    seed: int
    first: date
    today: date
    goods: list[Good]
    customers: list[Customer]
    sales: list[Sale]
    receipts: dict[date, dict[int, int]] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)


def all_goods() -> list[Good]:
    """The goods of the description in its order; article numbers count within the category."""
    goods = []
    for category in description()["categories"]:
        for number, (name, price, weight) in enumerate(category["products"], 1):
            goods.append(Good(
                f"{category['code'][:3]}-{100 + number}", name, category["code"], Decimal(price), Decimal(weight),
                (Decimal(price) * Decimal(category["cost"])).quantize(Decimal("0.01")), category.get("tracking") == "lot",
                tuple(category["season"]),
            ))
    return goods


def make_plan(*, seed: int, orders: int, today: date) -> Plan:
    """The story of `orders` orders over the two years before `today`."""
    random = Random(f"{seed}/trade")  # noqa: S311 - a story, not a secret
    first = today - timedelta(days=DAYS)
    plan = Plan(seed, first, today, all_goods(), make_customers(seed), [])
    days = _order_days(random, first, today, orders)
    weights = list(accumulate(customer.weight for customer in plan.customers))
    for index, on in enumerate(days):
        plan.sales.append(_sale(random, plan, index, on, random.choices(range(len(plan.customers)), cum_weights=weights)[0]))
    _supply(random, plan)
    plan.happenings = sorted(_happenings(plan), key=lambda one: (one.on, ORDER[one.kind], one.subject))
    return plan


def _order_days(random: Random, first: date, today: date, count: int) -> list[date]:
    """Working days, more of them in season and as the company grows."""
    days = [first + timedelta(days=n) for n in range(14, DAYS + 1)]
    days = [day for day in days if day.weekday() < 5]
    season = [sum(category["season"][month] for category in description()["categories"]) for month in range(12)]
    weights = [season[day.month - 1] * (1 + 0.6 * (day - first).days / DAYS) for day in days]
    return sorted(random.choices(days, weights, k=count))


def _sale(random: Random, plan: Plan, index: int, on: date, customer_index: int) -> Sale:
    customer = plan.customers[customer_index]
    fate = random.choices(list(FATES), list(FATES.values()))[0]
    dispatched_on = _working_day(on + timedelta(days=random.choice([1, 1, 2, 2, 3, 5])))
    rest_on = _working_day(dispatched_on + timedelta(days=random.randrange(6, 20)))
    delivered_on = _working_day(dispatched_on + timedelta(days=random.randrange(1, 4) + (customer.country != "DE") * 2))
    lines = _lines(random, plan.goods, customer, on)
    value = sum(plan.goods[good].price * quantity for good, quantity in lines)
    return Sale(
        index, on, customer_index, lines, fate, dispatched_on, rest_on, delivered_on, _pay_day(random, customer, dispatched_on),
        Decimal("0") if value > 400 else Decimal("9.80") if customer.country == "DE" else Decimal("24.00"), random.random() < 0.12,
    )


def _lines(random: Random, goods: list[Good], customer: Customer, on: date) -> list[tuple[int, int]]:
    weights = [customer.interests.get(good.category, 0.15) * good.season[on.month - 1] for good in goods]
    wanted: dict[int, int] = {}
    for good in random.choices(range(len(goods)), weights, k=random.choices([1, 2, 3, 4, 5, 6], [28, 32, 22, 10, 5, 3])[0]):
        price = goods[good].price
        most = 66 if price < 10 else 33 if price < 25 else 16 if price < 60 else 8
        wanted[good] = wanted.get(good, 0) + random.randrange(max(most // 6, 1), most + 1)
    return sorted(wanted.items())


def _pay_day(random: Random, customer: Customer, invoiced_on: date) -> date | None:
    """Customers pay on Thursdays, most of them every second week: what is due then is paid together."""
    due = invoiced_on + timedelta(days=TERM_DAYS[customer.term])
    if customer.habit == Habit.NEVER and random.random() < 0.4:
        return None
    if customer.habit == Habit.EARLY:
        return _thursday(invoiced_on + timedelta(days=random.randrange(1, 4)))
    late = random.randrange(8, 45) if customer.habit != Habit.PUNCTUAL else random.choice([0, 0, 1, 3])
    return _thursday(due + timedelta(days=late), every=2)


def _thursday(on: date, *, every: int = 1) -> date:
    """The first Thursday from a day on, of the weeks that divide by `every`."""
    found = on + timedelta(days=(3 - on.weekday()) % 7)
    return found if found.isocalendar().week % every == 0 else found + timedelta(days=7)


def _working_day(on: date) -> date:
    return on + timedelta(days=max(7 - on.weekday(), 0)) if on.weekday() > 4 else on


def _supply(random: Random, plan: Plan) -> None:
    """Goods come at the start of each month for what the month will need; now and then half of an article comes three weeks late."""
    need: dict[date, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for sale in plan.sales:
        for good, quantity in sale.lines:
            need[sale.dispatched_on.replace(day=1)][good] += quantity
    stock: dict[int, int] = defaultdict(int)
    months = sorted({*need, plan.first.replace(day=1)})
    for month in months:
        comes_on = max(_working_day(month), plan.first)
        for good in range(len(plan.goods)):
            wanted = need[month][good]
            target = wanted + max(wanted // 5, 4)
            missing = max(target - stock[good], 0)
            if not missing and comes_on != plan.first:
                continue
            missing = max(missing, 6) if comes_on == plan.first else missing
            late = missing // 2 if wanted > 20 and random.random() < 0.05 else 0
            _receive(plan, comes_on, good, missing - late)
            late_on = _working_day(month + timedelta(days=random.randrange(19, 25)))
            if late:
                _receive(plan, late_on, good, late)
            stock[good] += missing - wanted
        # What is not needed this month is still there in the next.


def _receive(plan: Plan, on: date, good: int, quantity: int) -> None:
    if quantity > 0 and on <= plan.today:
        plan.receipts.setdefault(on, {})[good] = plan.receipts.get(on, {}).get(good, 0) + quantity


BILLS_DAY, BILLS_FOR = 5, timedelta(days=270)
CLOSING_DAY = 20  # of the month after: everything of the month is in the books

# Of one day: goods come in before they leave, an order is confirmed before it is shipped, money comes last.
ORDER = {
    kind: position for position, kind in enumerate((
        "open_books", "receive", "offers", "quote", "order", "accept", "amend", "cancel", "invoice_first", "dispatch", "backorders", "close_short",
        "arrive", "send_back", "credit", "pay", "bounce", "write_off", "open_desk", "bills", "statement", "month_end", "close_month", "last_orders",
        "open_work", "waiting_bills",
    ))
}


def _happenings(plan: Plan) -> list[Happening]:
    found = [Happening(plan.first, "open_books", 0)]
    found += [Happening(on, "receive", 0) for on in plan.receipts]
    for sale in plan.sales:
        found += _of_sale(sale)
    found += _payments(plan)
    day = plan.first
    while day <= plan.today:
        if day.weekday() == 2:
            found.append(Happening(day, "backorders", 0))
        if day.weekday() in (1, 4):
            found.append(Happening(day, "arrive", 0))
        if day.weekday() == 4:
            found.append(Happening(day, "statement", 0))
        if day.day == BILLS_DAY and plan.today - day < BILLS_FOR:
            found += [] if any(one.kind == "open_desk" for one in found) else [Happening(day, "open_desk", 0)]
            found.append(Happening(day, "bills", 0))
        if (day + timedelta(days=1)).day == 1:
            found.append(Happening(day, "month_end", 0))
        if day.day == CLOSING_DAY and day.replace(day=1) > plan.first:
            found.append(Happening(day, "close_month", 0))
        if (day.month, day.day) in QUARTERS:
            found.append(Happening(day, "offers", 7 * len(found)))
        day += timedelta(days=1)
    found += [Happening(plan.today, kind, 0) for kind in ("last_orders", "open_work", "waiting_bills")]
    return [one for one in found if one.on <= plan.today]


def _of_sale(sale: Sale) -> list[Happening]:
    index, next_day = sale.index, _working_day(sale.on + timedelta(days=1))
    if sale.fate == Fate.QUOTED:
        steps = [Happening(_working_day(sale.on - timedelta(days=6)), "quote", index), Happening(sale.on, "accept", index)]
    else:
        steps = [Happening(sale.on, "order", index)]
    if sale.fate == Fate.CANCELLED:
        return [*steps, Happening(next_day, "cancel", index)]
    if sale.fate == Fate.AMENDED:
        steps.append(Happening(sale.on, "amend", index))
    if sale.fate == Fate.PREPAID:
        steps.append(Happening(sale.on, "invoice_first", index))
    steps.append(Happening(sale.dispatched_on, "dispatch", index))
    if sale.fate == Fate.SPLIT:
        steps.append(Happening(sale.rest_on, "dispatch", index))
    if sale.fate == Fate.CLOSED_SHORT:
        return [*steps, Happening(sale.rest_on, "close_short", index)]
    if sale.fate == Fate.RETURNED:
        return [*steps, Happening(sale.returned_on, "send_back", index)]
    if sale.fate == Fate.CREDITED:
        steps.append(Happening(sale.delivered_on + timedelta(days=4), "credit", index))
    return steps


def _payments(plan: Plan) -> list[Happening]:
    """One payment per customer and day, whatever it settles; a few bounce; what is half a year overdue is written off."""
    found = set()
    for sale in plan.sales:
        if sale.fate == Fate.CANCELLED:
            continue
        if sale.paid_on is None:
            found.add(Happening(_thursday(sale.dispatched_on + timedelta(days=240)), "write_off", sale.customer))
            continue
        found.add(Happening(sale.paid_on, "pay", sale.customer))
        if sale.index % 130 == 41:
            found.add(Happening(_working_day(sale.paid_on + timedelta(days=5)), "bounce", sale.customer))
            found.add(Happening(_thursday(sale.paid_on + timedelta(days=20)), "pay", sale.customer))
    return sorted(found, key=lambda one: one.key)
