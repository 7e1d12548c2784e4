"""Whether records that can be read make sense together; said before anything is written."""

from collections import defaultdict

from integration.profiles.mapping import File, Profile, Records
from integration.profiles.reading import Reading, Row
from integration.profiles.records import Record


def check_sense(profile: Profile, records: Records, reading: Reading) -> None:
    """Adds a fault for each order without lines, dispatch before its order, and circle of superiors."""
    files = {file.kind: file for file in profile.files}
    lines: dict[str, int] = defaultdict(int)
    for line in records["order_line"].values():
        if line.order is not None:
            lines[line.order.key] += 1
    for order in records["order"].values():
        if not lines[order.key]:
            _say(reading, files["order"], order, None, order.key, "the order has no lines")
        if order.dispatched_on and order.ordered_on and order.dispatched_on < order.ordered_on:
            _say(reading, files["order"], order, "dispatched_on", str(order.dispatched_on), f"is before the order ({order.ordered_on})")
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
