"""The preview of a run: what would be dunned, and what is not and why. Nothing is written."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from erp.dunning.models import DunningBlock
from erp.dunning.selectors import blocked_items, proposed_letters
from suite.kernel.companies.models import Company
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.resources.display import money
from suite.resources.report_tables import Column, Table


def dunning_preview(*, company_id: int, on: date, customer: Party | None = None) -> Table:
    """One row per letter that a run of that day makes, in the letter's currency; the sum at the foot counts company currency alone."""
    letters = proposed_letters(company_id, on, customer_id=customer and customer.pk)
    blocked = blocked_items(company_id, on, customer_id=customer and customer.pk)
    books = Company.objects.values_list("currency_id", flat=True).get(pk=company_id)
    rows = [
        {
            "customer": letter.customer_name, "link": reverse("kernel:party_detail", args=[letter.customer_id]),
            "level": f"{letter.level.position} {letter.level.name}",
            "items": len(letter.lines), "days": letter.days_overdue, "currency": letter.currency_id, "overdue": letter.overdue, "credits": letter.credits,
            "before": letter.charges_before, "fee": letter.fee, "interest": letter.interest, "total": letter.total,
        }
        for letter in letters
    ]
    amounts = ("overdue", "credits", "before", "fee", "interest", "total")
    own = [row for row in rows if row["currency"] == books]
    facts = [
        (_("Letters"), str(len(rows))), (_("Items"), str(sum(row["items"] for row in rows))),
        (_("To be paid"), money(sum((row["total"] for row in own), ZERO), books)), (_("Blocked items"), str(len(blocked))),
    ]
    return Table(
        [
            Column("customer", _("Customer"), link="link"), Column("level", _("Level")), Column("items", _("Items"), "integer"),
            Column("days", _("Days overdue"), "integer"), Column("currency", _("Currency")), Column("overdue", _("Overdue"), "decimal"),
            Column("credits", _("Credits"), "decimal"), Column("before", _("Earlier charges"), "decimal"), Column("fee", _("Fee"), "decimal"),
            Column("interest", _("Interest"), "decimal"), Column("total", _("To be paid"), "decimal"),
        ],
        rows, {"customer": _("Total in %(currency)s") % {"currency": books}, **{name: sum((row[name] for row in own), ZERO) for name in amounts}},
        facts=facts, note=_("Nothing is written. A run of this day makes exactly these letters."), extra={"on": on, "customer": customer},
    )


def blocked_report(*, company_id: int, on: date) -> Table:
    """Who and what is not dunned on a day, why and until when."""
    blocks = DunningBlock.objects.filter(company_id=company_id, until__gte=on).select_related("customer", "item__entry")
    rows = [
        {
            "customer": block.customer.name, "link": reverse("erp:dunningblock_detail", args=[block.pk]),
            "item": f"{block.item.get_kind_display()} {block.item.entry.number}" if block.item else _("Everything"),
            "open": block.item.open_amount if block.item else None, "kind": block.get_kind_display(), "reason": block.reason, "until": block.until,
        }
        for block in blocks
    ]
    return Table(
        [
            Column("customer", _("Customer"), link="link"), Column("item", _("Item")), Column("open", _("Open"), "money"), Column("kind", _("Kind")),
            Column("reason", _("Reason")), Column("until", _("Until"), "date"),
        ],
        rows,
    )
