"""Who buys from the demo company: put together from invented words, the same for the same seed."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from random import Random

from integration.profiles.demo.description import customer_words, description


class Habit(StrEnum):
    """How somebody pays."""

    EARLY = "early"
    PUNCTUAL = "punctual"
    SLOW = "slow"
    NEVER = "never"


@dataclass(frozen=True)
class Customer:
    """A customer as it will be registered. `weight` is how often it orders; `interests` weighs the categories."""

    number: str
    name: str
    country: str
    treatment: str
    vat_number: str
    street: str
    postal_code: str
    city: str
    contact: str
    job_title: str
    email: str
    phone: str
    term: str
    price_list: str
    credit_limit: Decimal | None
    habit: Habit
    weight: float
    interests: dict[str, float]
    representative: int


TASTES = {
    "TRADE": {"WORKSHOP": 5, "GARDEN": 4, "OUTDOOR": 3, "LIGHT": 1, "OFFICE": 2},
    "HOTEL": {"TABLE": 5, "LINEN": 5, "PANTRY": 5, "LIGHT": 3, "OUTDOOR": 1},
    "LIST": {"TABLE": 2, "PANTRY": 3, "LIGHT": 3, "GARDEN": 2, "OUTDOOR": 2, "OFFICE": 2, "LINEN": 1, "WORKSHOP": 1},
}
DOMAINS = str.maketrans({" ": "-", "ä": "ae", "ö": "oe", "ü": "ue", "é": "e", "ô": "o", "ó": "o", "ł": "l", "å": "aa", "&": "und", ".": ""})


def make_customers(seed: int) -> list[Customer]:
    """About 150 customers, most of them in the company's own country."""
    random = Random(f"{seed}/customers")  # noqa: S311 - a story, not a secret
    words = customer_words()
    customers: list[Customer] = []
    for country in words["countries"]:
        names = [(stem, trade) for stem in country["stems"] for trade in country["trades"]]
        for stem, (trade, price_list) in random.sample(names, country["count"]):
            customers.append(_customer(random, words["people"], country, stem, trade, price_list, len(customers) + 1))
    return customers


def _customer(random: Random, people: dict, country: dict, stem: str, trade: str, price_list: str, number: int) -> Customer:
    name = f"{trade} {stem}" if trade in ("Hotel", "Gasthof", "Hôtel") else f"{stem} {trade}"
    code = country["code"]
    postal_code, city = random.choice(country["cities"])
    habit = random.choices([Habit.EARLY, Habit.PUNCTUAL, Habit.SLOW, Habit.NEVER], [15, 58, 24, 3])[0]
    weight = random.paretovariate(1.4)
    contact = f"{random.choice(people['first'])} {random.choice(people['last'])}"
    return Customer(
        number=f"C{10000 + number}", name=name, country=code, treatment=country["treatment"],
        vat_number=f"{code}{random.randrange(10**8, 10**9)}" if country["treatment"] != "export" else "",
        street=f"{random.choice(country['streets'])} {random.randrange(1, 90)}", postal_code=postal_code, city=city,
        contact=contact, job_title=random.choice(people["titles"]), email=f"einkauf@{name.lower().translate(DOMAINS)}.example",
        phone=f"+00 555 {random.randrange(10_000, 99_999)}",
        term="EARLY" if habit == Habit.EARLY else random.choices(["NET14", "NET30", "HALVES"], [30, 60, 10])[0],
        price_list=price_list, credit_limit=Decimal(random.choice([8, 12, 15, 20])) * 1000 if weight < 6 else None,
        habit=habit, weight=min(weight, 9.0), interests=TASTES[price_list], representative=random.randrange(len(description()["representatives"])),
    )
