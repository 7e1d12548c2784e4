"""What the allowance of a day would be, item by item with the reason. Nothing is written."""

from datetime import date

from django.utils.translation import gettext as _

from erp.allowances.models import Age
from erp.allowances.selectors import assessment, why
from erp.receivables.links import party_statement
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table


def allowance_proposal(*, company_id: int, on: date) -> Table:
    """Every item that needs an allowance at the day or has one: what is needed, what is set aside already, what would be posted."""
    assessed = assessment(company_id, on)
    rows = [
        {
            "customer": one.risk.customer_name, "link": party_statement(one.risk.customer_id, on), "document": one.risk.document, "age": Age(one.age).label,
            "open": one.risk.open_amount, "net": one.net, "percent": one.percent / 100, "target": one.target, "existing": one.risk.existing,
            "delta": one.delta, "why": why(one),
        }
        for one in assessed
    ]
    totals = {name: sum((row[name] for row in rows), ZERO) for name in ("open", "net", "target", "existing", "delta")}
    return Table(
        [
            Column("customer", _("Customer"), link="link"), Column("document", _("Document")), Column("age", _("Age")), Column("open", _("Open"), "money"),
            Column("net", _("Without tax"), "money"), Column("percent", _("Percent"), "percent"), Column("target", _("Needed"), "money"),
            Column("existing", _("Set aside before"), "money"), Column("delta", _("Difference"), "money"), Column("why", _("Why")),
        ],
        rows, {"customer": _("Total"), **totals}, note=_("An allowance of this day posts exactly these differences."), extra={"on": on},
    )
