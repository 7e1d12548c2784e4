"""What was withheld, and what is due, for those who ask."""

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.receivables.models import WithheldTax
from suite.kernel.money.rules import ZERO
from suite.resources.reporting import Column, Table


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
