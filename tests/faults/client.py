"""A customer's program: drafts and confirms orders, and writes down outside the database what was acknowledged. Knows only its seed."""

import argparse
import json
import os
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import Error, connection  # noqa: E402

from crm.orders.services import OrderLineInput, confirm_order, draft_order  # noqa: E402
from suite.kernel.users.models import User  # noqa: E402
from tests.faults.company import ORDER_DATE, customers, products  # noqa: E402
from tests.faults.story import customer_of, lines_of  # noqa: E402

PATIENCE = 60.0


class Diary:
    """A file outside the database; a line is on the disk before the next order is thought of."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a")

    def write(self, **facts: Any) -> None:
        self._file.write(json.dumps(facts) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class Client:
    """Places the orders with numbers first, first + step, … one every `pace` seconds."""

    def __init__(self, seed: int, diary: Diary) -> None:
        self.seed, self.diary = seed, diary
        self.actor = User.objects.get(username="drill")
        self.actor.get_all_permissions()
        self.products = [product.pk for product in products(self.actor.company_id)]
        self.customers = [customer.pk for customer in customers(self.actor.company_id)]

    def place(self, number: int) -> None:
        """Drafts and confirms, again and again until both were acknowledged."""
        pk = self._until_acknowledged("draft", number, lambda: self._draft(number))
        began = time.time()
        took = 0.0

        def confirm() -> None:
            nonlocal took
            at = time.monotonic()
            try:
                confirm_order(_Reference(pk), actor=self.actor, key=f"drill-{self.seed}-{number}")
            finally:
                took = time.monotonic() - at

        self._until_acknowledged("confirm", number, confirm)
        self.diary.write(order=pk, number=number, began=began, took=round(took, 4), acknowledged=time.time())

    def _draft(self, number: int) -> int:
        return draft_order(
            company_id=self.actor.company_id, customer_id=self.customers[customer_of(self.seed, number)], order_date=ORDER_DATE,
            actor=self.actor, source_key=f"drill/{self.seed}/{number}",
            lines=[OrderLineInput(self.products[product], Decimal(quantity)) for product, quantity in lines_of(self.seed, number)],
        ).pk

    def _until_acknowledged(self, what: str, number: int, act: Any) -> Any:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return act()
            except Error as error:
                self.diary.write(failed=what, number=number, at=time.time(), error=repr(error)[:300])
                connection.close()
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)


class _Reference:
    """All that a transition needs of a document: it reads the row itself, under its lock."""

    def __init__(self, pk: int) -> None:
        self.pk = pk


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("seed", "first", "step", "orders"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--pace", type=float, required=True)
    parser.add_argument("--diary", type=Path, required=True)
    options = parser.parse_args()
    client = Client(options.seed, Diary(options.diary))
    due = time.monotonic()
    for number in range(options.first, options.orders, options.step):
        time.sleep(max(0.0, due - time.monotonic()))
        client.place(number)
        due = max(due + options.pace, time.monotonic() - 5 * options.pace)


if __name__ == "__main__":
    main()
