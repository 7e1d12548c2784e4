"""The close cockpit as a table: each item of the checklist with its guilty lines."""

from django.utils.translation import gettext as _

from erp.closing.models import ClosingWaiver
from erp.closing.selectors import checklist
from suite.kernel.calendars.models import Period
from suite.resources.report_tables import Column, Table


def close_cockpit(*, company_id: int, period: Period | None) -> Table:
    """One row per item (state, how many findings), below it one per guilty line with the page where it is put in order."""
    columns = [
        Column("name", _("Item"), link="link"), Column("state", _("State"), "status"), Column("number", _("Findings"), "integer"),
        Column("waived", _("Waived")),
    ]
    if period is None:
        return Table(columns, [], note=_("The books have no period yet."))
    given = ClosingWaiver.objects.filter(period=period, company_id=company_id).select_related("waived_by").order_by("pk")
    waivers = {waiver.check_name: waiver for waiver in given}
    rows, tiles = [], []
    for check in checklist(period):
        waiver = waivers.get(check.name)
        state = "done" if check.is_in_order else "waived" if waiver else "open"
        row = {
            "name": check.label, "state": state, "state_label": {"done": _("In order"), "waived": _("Waived"), "open": _("In the way")}[state],
            "number": len(check.findings), "waived": f"{waiver.waived_by}: {waiver.reason}" if waiver else "", "link": "",
        }
        tiles.append({**row, "check": check.name, "icon": check.icon, "findings": check.findings, "waiver": waiver})
        rows.append(row)
        rows += [{"name": finding.text, "link": finding.url, "level": 1, "number": None} for finding in check.findings]
    left = sum(1 for tile in tiles if tile["state"] == "open")
    return Table(
        columns, rows, facts=((_("Period"), str(period)), (_("State"), period.get_status_display()), (_("In the way"), str(left))),
        extra={"tiles": sorted(tiles, key=lambda tile: tile["state"] != "open"), "period": period, "left": left},
    )
