"""Telling the plan: each happening once, on its own day, through the services that people use."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from itertools import groupby

from django.db import connection

from crm.orders.models import Order
from integration.profiles.demo.house import House
from integration.profiles.demo.plan import Happening, Plan, Sale
from integration.profiles.progress import Progress
from suite.kernel.documents.models import IdempotencyKey
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.models import User

DONE = (
    "INSERT INTO kernel_idempotencykey (company_id, actor_id, key, request_hash, answer, at) VALUES (%s, %s, %s, '', NULL, clock_timestamp())"
)
PREFIX = "demo/"
REQUEST = "Request "

Teller = Callable[["Story", Happening], None]


@dataclass(frozen=True)
class Telling:
    """How happenings of a kind come true, and who of the staff does it."""

    teller: Teller
    role: str


_tellings: dict[str, Telling] = {}


def tells(kind: str, *, by: str) -> Callable[[Teller], Teller]:
    """Register the function that makes happenings of a kind come true, as the member of staff in the role `by`."""

    def register(teller: Teller) -> Teller:
        _tellings[kind] = Telling(teller, by)
        return teller

    return register


@dataclass
class Story:
    """The plan on its way into the suite. `orders` is sale index to order id, as far as told."""

    plan: Plan
    house: House
    orders: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = Order.objects.filter(company=self.house.company, source_key__startswith=PREFIX).values_list("source_key", "pk")
        self.orders.update({int(key.removeprefix(f"{PREFIX}order/")): pk for key, pk in known})
        quoted = Order.objects.filter(company=self.house.company, customer_reference__startswith=REQUEST).values_list("customer_reference", "pk")
        self.orders.update({int(name.removeprefix(REQUEST)): pk for name, pk in quoted})

    @property
    def company_id(self) -> int:
        return self.house.company.pk

    def sale(self, happening: Happening) -> Sale:
        return self.plan.sales[happening.subject]

    def order_key(self, sale: Sale) -> str:
        """How other suites name the sale's order; empty while there is none."""
        return f"crm.order:{self.orders[sale.index]}" if sale.index in self.orders else ""

    def person(self, role: str) -> User:
        return self.house.person(role)

    def tell(self, progress: Progress) -> None:
        """Every happening that was not told yet. What is of one kind and one day happens together, in one transaction with its mark."""
        done = self._done()
        for (on, kind), group in groupby(self.plan.happenings, key=lambda one: (one.on, one.kind)):
            together = list(group)
            mark = f"{kind}/{on:%Y%m%d}"
            if mark not in done:
                self._tell_together(_tellings[kind], together, mark)
            progress.step(on, len(together))

    def _tell_together(self, telling: Telling, happenings: list[Happening], mark: str) -> None:
        def act() -> None:
            for happening in happenings:
                telling.teller(self, happening)
            with connection.cursor() as cursor:
                cursor.execute(DONE, [self.company_id, self.person("administrator").pk, PREFIX + mark])

        in_unit_of_work(act, actor=self.person(telling.role))

    def _done(self) -> set[str]:
        keys = IdempotencyKey.objects.filter(company_id=self.company_id, key__startswith=PREFIX).values_list("key", flat=True)
        return {key.removeprefix(PREFIX) for key in keys}


def reference(sale: Sale) -> str:
    """The customer's own name for a sale that began with a quote; the order keeps it."""
    return f"{REQUEST}{sale.index:04d}"


def at_noon(on: date) -> datetime:
    """The moment of something of which the story knows the day."""
    return datetime.combine(on, time(11), tzinfo=UTC)
