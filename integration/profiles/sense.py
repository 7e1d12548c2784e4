"""Whether records that can be read make sense together; said before anything is written."""

from collections import defaultdict

from django.utils import timezone

from integration.profiles.mapping import File, Profile, Records
from integration.profiles.reading import Reading, Row
from integration.profiles.records import Record


def check_sense(profile: Profile, records: Records, reading: Reading) -> None:
    """Adds a fault for each order without lines, date before the order or in the future, and circle of superiors."""
    today = timezone.localdate()
    files = {file.kind: file for file in profile.files}
    lines: dict[str, int] = defaultdict(int)
    for line in records["order_line"].values():
        if line.order is not None:
            lines[line.order.key] += 1
    for order in records["order"].values():
        if not lines[order.key]:
            _say(reading, files["order"], order, None, order.key, "the order has no lines")
        for field in ("requested_on", "dispatched_on"):
            value = order.values[field]
            if value and order.ordered_on and value < order.ordered_on:
                _say(reading, files["order"], order, field, str(value), f"is before the order ({order.ordered_on})")
        for field in ("ordered_on", "dispatched_on"):
            if order.values[field] and order.values[field] > today:
                _say(reading, files["order"], order, field, str(order.values[field]), "is in the future")
    for employee in records["employee"].values():
        if _reports_to_itself(employee):
            _say(reading, files["employee"], employee, "reports_to", employee.reports_to.key, "leads back to the same person")


def _reports_to_itself(employee: Record) -> bool:
    seen, superior = set(), employee.reports_to
    while superior is not None and superior.key not in seen:
        if superior is employee:
            return True
        seen.add(superior.key)
        superior = superior.reports_to
    return False


def _say(reading: Reading, file: File, record: Record, field: str | None, value: str, reason: str) -> None:
    column = file.fields[field].column if field else file.key.column
    reading.fault(Row(record.file, record.row, {}), column, value, reason)
