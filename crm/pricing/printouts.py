"""What printed quotes and orders share: the table of lines, the tax groups, the totals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from crm.pricing.models.priced import PricedDocument, PricedLine
from suite.kernel.money.rules import ZERO, line_net
from suite.kernel.printing.letters import Column, day, money, number, percent, price, quantity
from suite.kernel.taxes.rules import TaxableLine, tax_document


@dataclass(frozen=True)
class PricedTable:
    """Columns, rows, totals and the sentences that a tax code obliges to print."""

    columns: list[Column]
    rows: list[list[str]]
    totals: list[tuple[str, str]]
    notes: list[str]


def priced_table(document: PricedDocument, lines: Sequence[PricedLine], dates: Iterable[Any] = ()) -> PricedTable:
    """The lines of a quote or order as printed, with a column of `dates` where one is given per line and any is known."""
    lines, dates = list(lines), list(dates)
    digits, currency = document.currency.digits, document.currency
    has_discount, has_dates = any(line.discount for line in lines), any(dates)
    columns = [Column(_("Pos.")), Column(_("Article")), Column(_("Description"), is_wide=True), Column(_("Quantity"), True)]
    columns += [Column(_("Delivery"))] if has_dates else []
    columns += [Column(_("Unit price"), True)] + ([Column(_("Discount"), True)] if has_discount else [])
    columns += [Column(_("Tax"), True), Column(_("Net"), True)]
    rows = []
    for place, line in enumerate(lines):
        row = [str(line.position), line.product.sku, line.description or line.product.name,
               f"{quantity(line.billed_quantity)} {line.product.unit.code}"]
        row += [day(dates[place])] if has_dates else []
        row += [price(line.unit_price or ZERO, digits)] + ([percent(line.discount or ZERO)] if has_discount else [])
        rows.append([*row, percent(line.tax_rate) or "0 %", number(line.net, digits)])
    return PricedTable(columns, rows, _totals(document, lines, currency), _tax_notes(lines))


def _totals(document: PricedDocument, lines: Sequence[PricedLine], currency: Any) -> list[tuple[str, str]]:
    amounts = [
        TaxableLine(line_net(line.billed_quantity, line.unit_price or ZERO, line.discount or ZERO, currency.digits), line.tax_id or 0, line.tax_rate)
        for line in lines
    ]
    taxed = tax_document(
        amounts, prices_include_tax=document.prices_include_tax, per_line=document.tax_rounding == "per_line", digits=currency.digits,
    )
    taxes = [
        (_("Tax %(rate)s on %(base)s") % {"rate": percent(group.rate) or "0 %", "base": number(group.base, currency.digits)},
         number(group.tax, currency.digits))
        for group in taxed.groups
    ]
    return [(_("Net"), number(document.net, currency.digits)), *taxes, (_("Total"), money(document.gross, currency))]


def _tax_notes(lines: Sequence[PricedLine]) -> list[str]:
    return list(dict.fromkeys(line.tax.exemption_reason for line in lines if line.tax and line.tax.exemption_reason and line.tax_rate == Decimal(0)))
