"""The parts of a business letter as data for templates/print/letter.typ, in the language that is active."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from suite.kernel.companies.models import Company
from suite.kernel.money.models import Currency
from suite.kernel.printing.services import render_pdf


@dataclass(frozen=True)
class Column:
    """A column of the letter's table: amounts stand right, the wide column takes what room is left."""

    label: str
    is_amount: bool = False
    is_wide: bool = False


@dataclass
class Letter:
    """A letter: whom to, what it is, facts at the side, what is said before a table, the table, totals, and what follows."""

    company: Company
    title: str
    recipient: Sequence[str]
    facts: Sequence[tuple[str, str]]
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    opening: Sequence[str] = ()
    totals: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    boxes: Sequence[tuple[str, Sequence[str]]] = ()
    groups: Sequence[tuple[Sequence[Column], Sequence[Sequence[str]]]] = ()
    stamp: str = ""
    signature: Sequence[str] = field(default_factory=tuple)
    archived_on: date | None = None  # made as PDF/A-3b, which must be dated

    def pdf(self) -> bytes:
        """The letter printed. Facts and totals without a value are left out."""
        return render_pdf("letter", {
            "language": (get_language() or "en")[:2], "title": str(self.title), "letterhead": letterhead(self.company),
            "recipient": [str(line) for line in self.recipient], "facts": [[str(label), str(value)] for label, value in self.facts if value],
            "opening": [str(part) for part in self.opening if part],
            "table": _table(self.columns, self.rows), "totals": [[str(label), str(value)] for label, value in self.totals if value],
            "boxes": [{"title": str(title), "lines": [str(line) for line in lines if line]} for title, lines in self.boxes if any(lines)],
            "groups": [_table(columns, rows) for columns, rows in self.groups if rows], "notes": [str(note) for note in self.notes if note],
            "stamp": str(self.stamp), "signature": [str(label) for label in self.signature], "page": [_("Page"), _("of")],
            "date": [self.archived_on.year, self.archived_on.month, self.archived_on.day] if self.archived_on else None,
        }, archive=self.archived_on is not None)


def letterhead(company: Company) -> dict[str, Any]:
    """The company as its paper shows it: name, address, and three columns at the foot."""
    address = [line.strip() for line in company.address.splitlines() if line.strip()]
    reach = [value for value in (company.phone, company.email) if value]
    legal = [f"{_('VAT number')} {company.vat_number}" if company.vat_number else "", f"{_('IBAN')} {_grouped(company.iban)}" if company.iban else ""]
    return {"name": company.name, "address": address, "reach": reach, "legal": [value for value in legal if value]}


def money(amount: Decimal, currency: Currency) -> str:
    """An amount with its currency, in the reader's notation: "1,234.50 EUR"."""
    return f"{number(amount, currency.digits)} {currency.code}"


def number(value: Decimal, digits: int) -> str:
    """A number with exactly `digits` behind the point, thousands grouped."""
    return formats.number_format(value, decimal_pos=digits, use_l10n=True, force_grouping=True)


def quantity(value: Decimal) -> str:
    """A quantity with the digits it has."""
    return formats.number_format(value.normalize() + 0 if value else Decimal(0), use_l10n=True, force_grouping=True)


def price(value: Decimal, digits: int) -> str:
    """A unit price with the currency's digits, or more where it has more."""
    return number(value, max(digits, -int(value.normalize().as_tuple().exponent)))


def percent(share: Decimal) -> str:
    """A share of 1 as percent: "7.5 %"; nothing for none."""
    return f"{quantity(share * 100)} %" if share else ""


def day(on: date | None) -> str:
    """A date as the reader writes it; nothing for none."""
    return formats.date_format(on, "DATE_FORMAT") if on else ""


def address_lines(name: str, text: str) -> list[str]:
    """An address as printed, led by the addressee where the text does not begin with it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines if lines and lines[0].casefold() == name.casefold() else [name, *lines]


def _grouped(iban: str) -> str:
    plain = iban.replace(" ", "")
    return " ".join(plain[start:start + 4] for start in range(0, len(plain), 4))


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    return {
        "columns": [{**asdict(column), "label": str(column.label)} for column in columns],
        "rows": [[str(cell) for cell in row] for row in rows],
    }
