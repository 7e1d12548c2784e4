"""The asset register at a date, by class, against the ledger."""

from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from erp.assets.links import asset_page
from erp.assets.selectors import assets_against_ledger, register
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table


def asset_register(*, company_id: int, on: date, known_at: datetime | None = None) -> Table:
    """Per class and asset: cost, accumulated depreciation and book value at a day, as known at a moment (empty: now). A note names every
    account whose balance differs from the register (none ever should)."""
    rows: list[dict[str, Any]] = []
    totals = dict.fromkeys(("cost", "accumulated", "book"), ZERO)
    for title, found in groupby(register(company_id, on, known_at), key=lambda row: f"{row['asset__asset_class__code']} {row['asset__asset_class__name']}"):
        lines = [
            {
                "number": row["asset__number"], "name": row["asset__name"], "since": row["asset__in_service_on"], "cost": row["at_cost"],
                "accumulated": row["taken"], "book": row["at_cost"] - row["taken"], "level": 1, "link": asset_page(row["asset_id"]),
            }
            for row in found
        ]
        sums = {name: sum((line[name] for line in lines), ZERO) for name in totals}
        foot = {"number": "", "name": _("Total %(section)s") % {"section": title}, "is_total": True, **sums}
        rows += [{"number": "", "name": title, "is_heading": True}, *lines, foot]
        totals = {name: totals[name] + sums[name] for name in totals}
    wrong = assets_against_ledger(company_id, on)
    return Table(
        [
            Column("number", _("Asset"), link="link"), Column("name", _("Name"), link="link"), Column("since", _("In service on"), "date"),
            Column("cost", _("Cost"), "money"), Column("accumulated", _("Accumulated depreciation"), "money"), Column("book", _("Book value"), "money"),
        ],
        rows, {"number": _("Total"), **totals},
        note=_("The ledger differs: %(accounts)s") % {"accounts": "; ".join(wrong)} if wrong else _("Equal to the ledger, account by account."),
    )
