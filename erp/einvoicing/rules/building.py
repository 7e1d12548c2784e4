"""From lines as the suite keeps them to lines, allowances and charges as EN 16931 wants them."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from erp.einvoicing.rules.document import Adjustment, Line, TaxGroup, Trader
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.parties.countries import country_code

# What the standard wants said where no tax is charged, should the tax code not say it: (code, words).
REASONS = {
    "AE": ("VATEX-EU-AE", "Reverse charge"),
    "K": ("VATEX-EU-IC", "Intra-Community supply"),
    "G": ("VATEX-EU-G", "Export outside the EU"),
}
PRICE_DIGITS = 10


def percent_of(rate: Decimal) -> Decimal:
    """A rate (0.19) as the standard writes it (19)."""
    text = f"{rate * 100:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def item_line(row: Any, *, name: str, unit: str, item_number: str, category: str, includes_tax: bool, digits: int) -> Line:
    """An invoice line. A discount is an allowance on the line; where prices include tax, the net price is worked back from the net."""
    before = row.unit_price / (1 + row.tax_rate) if includes_tax else row.unit_price
    full = round_money(row.quantity * before, digits)
    if includes_tax and not row.discount:
        full = row.net
    price = row.unit_price if not includes_tax else _exact(full / row.quantity if row.quantity else before)
    difference = full - row.net
    adjustments = ()
    if difference:
        adjustments = (Adjustment(difference < 0, abs(difference), "Discount" if difference > 0 else "Rounding"),)
    return Line(
        id=str(row.position), name=name, quantity=row.quantity.normalize() + 0, unit=unit, price=_shorn(price), net=row.net, category=category,
        percent=percent_of(row.tax_rate), item_number=item_number, adjustments=adjustments,
    )


def document_adjustment(row: Any, category: str) -> Adjustment:
    """A charge or discount of the whole document."""
    reason = row.description or ("Charge" if row.net >= 0 else "Discount")
    return Adjustment(row.net >= 0, abs(row.net), reason, category, percent_of(row.tax_rate))


def tax_groups(taxes: Sequence[Any], reasons: dict[int, str]) -> tuple[TaxGroup, ...]:
    """One group per category and rate; `reasons` says by tax code why none is charged."""
    groups: dict[tuple[str, Decimal], TaxGroup] = {}
    for tax in taxes:
        key = (tax.category, percent_of(tax.rate))
        known = groups.get(key)
        code, words = REASONS.get(tax.category, ("", ""))
        reason = "" if tax.category in ("S", "Z") else reasons.get(tax.code_id) or words
        groups[key] = TaxGroup(
            tax.category, key[1], (known.basis if known else ZERO) + tax.base, (known.amount if known else ZERO) + tax.amount,
            known.reason if known and known.reason else reason, code,
        )
    return tuple(groups.values())


def trader_of_text(name: str, text: str, fallback_country: str = "", **more: str) -> Trader:
    """A party with an address as printed: the addressee, streets, "12345 Town", perhaps a region and the country."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if lines and lines[0].casefold() == name.casefold():
        lines = lines[1:]
    country = country_code(lines[-1]) if lines else ""
    if country:
        lines = lines[:-1]
    postal_code = city = ""
    for index in range(len(lines) - 1, -1, -1):
        found = _PLACE.fullmatch(lines[index])
        if found:
            postal_code, city = found.groups()
            del lines[index]
            break
    return Trader(
        name=name, street=lines[0] if lines else "", more_street=", ".join(lines[1:]), postal_code=postal_code, city=city,
        country=country or country_code(fallback_country), **more,
    )


_PLACE = re.compile(r"([A-Z]{0,3}-?\d[\dA-Z-]*(?: \d[A-Z]{2})?) (.+)")


def plain_vat(number: str) -> str:
    """A VAT number without blanks, points and dashes, in capitals."""
    return re.sub(r"[\s.\-/]", "", number).upper()


def _exact(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-PRICE_DIGITS))


def _shorn(price: Decimal) -> Decimal:
    """A price without needless zeros, with at least two digits."""
    text = f"{price:f}"
    shorn = Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
    return shorn if -shorn.as_tuple().exponent >= 2 else shorn.quantize(Decimal("0.01"))
