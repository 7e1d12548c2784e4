"""What is ordered, derived from the seed alone, so that clients, company and checks agree without talking to each other."""

import random
from collections import Counter

PRODUCTS = 20
SCARCE = 5
CUSTOMERS = 12
MOST_LINES = 4
MOST_QUANTITY = 5
SCARCITY = 1.3
PLENTY = 1000


def lines_of(seed: int, number: int) -> list[tuple[int, int]]:
    """(product, quantity) of the order with this number; products count from 0, each at most once."""
    rng = random.Random(f"{seed}/{number}")
    products = rng.sample(range(PRODUCTS), rng.randint(1, MOST_LINES))
    return [(product, rng.randint(1, MOST_QUANTITY)) for product in products]


def customer_of(seed: int, number: int) -> int:
    """Who orders; customers count from 0."""
    return random.Random(f"{seed}/{number}/customer").randrange(CUSTOMERS)


def stock_for(seed: int, orders: int) -> list[int]:
    """Opening stock per product. The demand for the first ones is 130 % of it; of the others there is plenty."""
    demand: Counter[int] = Counter()
    for number in range(orders):
        for product, quantity in lines_of(seed, number):
            demand[product] += quantity
    return [max(1, int(demand[product] / SCARCITY)) if product < SCARCE else demand[product] + PLENTY for product in range(PRODUCTS)]
