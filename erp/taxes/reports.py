"""What was withheld, and what is due, for those who ask."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.knowledge.selectors import known_until
from erp.receivables.models import WithheldTax
from erp.taxes.selectors import tax_documents, tax_in_ledger, taxes_between
from suite.kernel.money.rules import ZERO
from suite.kernel.taxes.models import Tax
from suite.resources.report_tables import Column, Table


def withholding_certificates(*, company_id: int, year: int, side: str = "") -> Table:
    """Per party and tax what was withheld in a year: what the certificate to a supplier says, or the claim on the tax office for a customer's."""
    side = side or WithheldTax.Side.PAYABLE
    rows = [
        {
            "party": row["party__name"], "number": row["party__number"], "vat_number": row["party__vat_number"], "tax": row["tax__name"],
            "base": row["base"], "amount": row["amount"],
            "link": f"{reverse('erp:withheldtax_list')}?party={row['party']}&side={side}&withheld_on_from={year}-01-01&withheld_on_to={year}-12-31",
        }
        for row in WithheldTax.objects.filter(company_id=company_id, side=side, withheld_on__year=year).order_by("party__name", "tax__code")
        .values("party", "party__name", "party__number", "party__vat_number", "tax__name").annotate(base=Sum("base"), amount=Sum("amount"))
    ]
    return Table(
        [
            Column("party", _("Party"), link="link"), Column("number", _("Number")), Column("vat_number", _("VAT number")), Column("tax", _("Tax")),
            Column("base", _("Base"), "money"), Column("amount", _("Withheld"), "money"),
        ],
        rows, {
            "party": _("Total"), "base": sum((row["base"] for row in rows), ZERO), "amount": sum((row["amount"] for row in rows), ZERO),
        },
        note="" if rows else _("Nothing was withheld in this year."),
    )


BOXES = {"S": "10", "K": "20", "AE": "20", "G": "30", "Z": "40", "E": "40"}
SIDES = {"output": gettext_lazy("Sales (output tax)"), "input": gettext_lazy("Purchases (input tax)")}


def tax_report(*, company_id: int, starts_on: date, ends_on: date, known_at: datetime | None = None) -> Table:
    """By side, code and box: base and tax from a day to a day by their tax dates, as known at a time; what tax accounts moved besides stands apart."""
    known = known_until(company_id, known_at)
    lines = taxes_between(company_id, starts_on, ends_on, known_at=known)
    ledger = tax_in_ledger(company_id, starts_on, ends_on, known_at=known)
    asked = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat(), **({"known_at": known_at.isoformat()} if known_at else {})}
    rows: list[dict[str, Any]] = []
    due = ZERO
    for side, label in SIDES.items():
        of_side = [line for line in lines if line.side == side]
        other = ledger[side] - sum((line.tax for line in of_side), ZERO)
        if not of_side and not other:
            continue
        rows.append({"code": label, "is_heading": True})
        for line in of_side:
            rows.append({
                "code": line.code, "name": line.name, "box": BOXES.get(line.category, "") if side == "output" else "60", "rate": line.rate,
                "base": line.base, "tax": line.tax, "entries": line.entries, "level": 1,
                "link": f"{reverse('erp:report_tax_report_documents')}?{urlencode({**asked, 'tax': line.code_id, 'side': side})}",
            })
        if other:
            rows.append({"code": "–", "name": _("Entries on tax accounts without a code"), "tax": other, "level": 1})
        rows.append({"code": _("Together"), "base": sum((line.base for line in of_side), ZERO), "tax": ledger[side], "is_total": True})
        due += ledger[side] if side == "output" else -ledger[side]
    return Table(
        [
            Column("code", _("Tax")), Column("name", _("Name"), link="link"), Column("box", _("Box")), Column("rate", _("Rate"), "percent"),
            Column("base", _("Base"), "money"), Column("tax", _("Tax"), "money"), Column("entries", _("Entries"), "integer"),
        ],
        rows, {"code": _("Tax payable (below zero: refund due)"), "tax": due}, note="" if rows else _("No tax fell due in this time."),
    )


def tax_report_documents(
    *, company_id: int, starts_on: date, ends_on: date, tax: Tax | None = None, side: str = "", known_at: datetime | None = None,
) -> Table:
    """The documents behind the tax report: which entry says what of which code, on the day it counts."""
    rows = [
        {
            "day": one.day, "number": one.number, "link": reverse("erp:journalentry_detail", args=[one.entry_id]), "description": one.description,
            "party": one.party, "side": SIDES[one.side], "code": one.code, "base": one.base, "tax": one.tax,
        }
        for one in tax_documents(
            company_id, starts_on, ends_on, known_at=known_until(company_id, known_at), code_id=tax and tax.pk, side=side)
    ]
    return Table(
        [
            Column("day", _("Tax date"), "date"), Column("number", _("Entry"), link="link"), Column("description", _("What")), Column("party", _("Party")),
            Column("side", _("Side")), Column("code", _("Tax")), Column("base", _("Base"), "money"), Column("tax", _("Tax"), "money"),
        ],
        rows, {
            "number": _("Total"), "base": sum((row["base"] for row in rows), ZERO), "tax": sum((row["tax"] for row in rows), ZERO),
        },
        note="" if rows else _("No tax fell due in this time."),
    )
