"""How late customers pay, from what they paid."""

from datetime import date
from typing import NamedTuple

from django.db import connection

from erp.forecasting.rules import ENOUGH_PAYMENTS, Habit

_HABITS = """
    SELECT d.party_id, percentile_disc(0.5) WITHIN GROUP (ORDER BY c.issued_on - d.due_on), count(*)
      FROM erp_allocation a JOIN erp_openitem d ON d.id = a.debit_item_id AND d.kind IN ('invoice', 'opening')
      JOIN erp_openitem c ON c.id = a.credit_item_id AND c.kind IN ('payment', 'advance')
     WHERE a.company_id = %(company)s AND a.allocated_on <= %(on)s AND a.allocated_on > %(on)s - 730 AND a.undoes_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM erp_allocation u WHERE u.undoes_id = a.id AND u.allocated_on <= %(on)s)
     GROUP BY GROUPING SETS ((d.party_id), ())"""


class HabitsOfCustomers(NamedTuple):
    """Each customer's own habit, and that of all together for those who paid too rarely to tell."""

    own: dict[int, Habit]
    of_all: Habit

    def of(self, party_id: int | None) -> Habit:
        found = self.own.get(party_id) if party_id else None
        return found if found is not None and found.payments >= ENOUGH_PAYMENTS else self.of_all


def habits_of(company_id: int, on: date) -> HabitsOfCustomers:
    """Median days between due date and payment over two years up to a day, per customer; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_HABITS, {"company": company_id, "on": on})
        rows = cursor.fetchall()
    own = {party_id: Habit(int(days), count) for party_id, days, count in rows if party_id is not None}
    of_all = next((Habit(int(days), count, is_own=False) for party_id, days, count in rows if party_id is None and count), Habit(0, 0, is_own=False))
    return HabitsOfCustomers(own, of_all)
