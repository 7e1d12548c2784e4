"""The closing checklist, computed."""

from erp.closing.checks import closing_checks
from erp.closing.rules import Check
from suite.kernel.calendars.models import Period


def checklist(period: Period) -> list[Check]:
    """What stands in the way of closing the period, item by item."""
    return [Check(check.name, str(check.label), tuple(check.find(period)), check.icon) for check in closing_checks()]
