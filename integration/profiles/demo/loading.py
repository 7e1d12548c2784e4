"""Making the demo company, continuing one that was interrupted, and knowing whether it is complete."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from integration.profiles.demo import banking, bookkeeping, buying, offering, selling, shipping, today  # noqa: F401 - they register themselves
from integration.profiles.demo.abroad import tell_suppliers_at_the_bank
from integration.profiles.demo.budgets import tell_budgets
from integration.profiles.demo.claims import tell_expenses
from integration.profiles.demo.dunning import tell_dunning
from integration.profiles.demo.foresight import tell_foresight
from integration.profiles.demo.house import House, build_house, find_house
from integration.profiles.demo.payruns import tell_payment_runs
from integration.profiles.demo.plan import make_plan
from integration.profiles.demo.story import Story
from integration.profiles.demo.taxes import tell_taxes
from integration.profiles.progress import Progress
from integration.profiles.session import moving_in
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.notes.models import Note

BEGUN = re.compile(r"Demo company: seed (\d+), (\d+) orders, up to (\d{4}-\d\d-\d\d), (begun|complete)\.")


class OtherDemo(Exception):
    """The database holds a demo company that was begun in another way."""


@dataclass
class Begun:
    """How the demo company in the database was begun."""

    seed: int
    orders: int
    today: date
    is_complete: bool

    def words(self) -> str:
        return f"Demo company: seed {self.seed}, {self.orders} orders, up to {self.today}, {'complete' if self.is_complete else 'begun'}."


def load_demo(*, orders: int, seed: int, say: Callable[[str], None]) -> bool:
    """Makes the demo company, or goes on where an interrupted run stopped. False where it was complete already.

    Raises OtherDemo when it was begun with another size or seed; DeliveryFailed or what a service refuses when a step fails.
    """
    house = find_house()
    begun = _begun(house) if house else Begun(seed, orders, timezone.localdate(), False)
    if (begun.seed, begun.orders) != (seed, orders) and not begun.is_complete:
        raise OtherDemo(f"The demo company was begun with --orders {begun.orders} --seed {begun.seed}; go on with these.")
    if begun.is_complete:
        return False
    plan = make_plan(seed=begun.seed, orders=begun.orders, today=begun.today)
    with moving_in():
        if house is None:
            house = in_unit_of_work(lambda: _begin(build_house(plan), begun), actor=None)
        else:
            say("Going on where the last run stopped.")
        say(f"{len(plan.customers)} customers and {len(plan.goods)} products are there; {len(plan.happenings)} steps from {plan.first} to {plan.today}.")
        story = Story(plan, house)
        story.tell(Progress(say, len(plan.happenings)))
        in_unit_of_work(lambda: tell_dunning(story), actor=story.person("finance"))
        tell_expenses(house, plan.today)
        tell_payment_runs(story)
        tell_budgets(house, plan.today)
        tell_taxes(house, plan.today)
        tell_foresight(story)
        tell_suppliers_at_the_bank(story)
    begun.is_complete = True
    in_unit_of_work(lambda: _finish(house.company, begun), actor=None)
    return True


def _begin(house: House, begun: Begun) -> House:
    Note.objects.create(
        company=house.company, content_type=ContentType.objects.get_for_model(Company), object_id=house.company.pk, text=begun.words(),
        author=house.person("administrator"),
    )
    return house


def _finish(company: Company, begun: Begun) -> None:
    """From today on its invoices must pass the rules for e-invoices (two years of them need not wait for it)."""
    _note_of(company).update(text=begun.words())
    Company.objects.filter(pk=company.pk).update(einvoice_check=True)


def _note_of(company: Company):
    return Note.objects.filter(
        company=company, content_type=ContentType.objects.get_for_model(Company), object_id=company.pk, text__startswith="Demo company: seed",
    )


def _begun(house: House) -> Begun:
    note = _note_of(house.company).first()
    found = BEGUN.fullmatch(note.text) if note else None
    if not found:
        raise OtherDemo(f"There is a company {house.company.code} that this command did not make; nothing was done.")
    return Begun(int(found[1]), int(found[2]), date.fromisoformat(found[3]), found[4] == "complete")
