"""Filed returns with what came after, and who holds duties that conflict."""

from django.urls import reverse
from django.utils.translation import gettext as _

from erp.compliance.models import TaxReturn
from erp.compliance.selectors import breaches, came_after
from suite.kernel.money.rules import ZERO
from suite.resources.report_tables import Column, Table


def tax_return_corrections(*, company_id: int) -> Table:
    """Entries dated in the time of a filed return and posted after it was filed: the next return takes them as corrections."""
    rows = []
    for tax_return in TaxReturn.objects.filter(company_id=company_id, status__in=("filed", "paid")).order_by("starts_on"):
        for entry in came_after(tax_return):
            rows.append({
                "time": str(tax_return), "link": reverse("erp:taxreturn_detail", args=[tax_return.pk]), "day": entry.ledger_date, "number": entry.number,
                "entry_link": reverse("erp:journalentry_detail", args=[entry.entry_id]), "output_tax": entry.output_tax, "input_tax": entry.input_tax,
            })
    return Table(
        [
            Column("time", _("Filed return"), link="link"), Column("day", _("Date"), "date"), Column("number", _("Entry"), link="entry_link"),
            Column("output_tax", _("Output tax"), "money"), Column("input_tax", _("Input tax"), "money"),
        ],
        rows, {
            "time": _("Total"), "output_tax": sum((row["output_tax"] for row in rows), ZERO), "input_tax": sum((row["input_tax"] for row in rows), ZERO),
        },
        note="" if rows else _("Nothing was posted into the time of a filed return."),
    )


def segregation_of_duties(*, company_id: int) -> Table:
    """Everybody who holds two duties that one person should not join."""
    rows = [
        {
            "user": str(breach.user), "username": breach.user.username, "why": str(breach.conflict.why), "first": breach.conflict.first,
            "second": breach.conflict.second,
        }
        for breach in breaches(company_id)
    ]
    return Table(
        [
            Column("user", _("Person")), Column("username", _("Signs in as")), Column("why", _("What one person should not join")),
            Column("first", _("Duty")), Column("second", _("And duty")),
        ],
        rows, note="" if rows else _("Nobody holds duties that conflict."),
    )
