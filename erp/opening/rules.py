"""Reading what another program exported: open items and a trial balance as CSV, each fault with its row and column."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from io import StringIO

from django.utils.translation import gettext as _

ITEMS = ("side", "party", "number", "issued_on", "due_on", "currency", "amount", "rate")
BALANCES = ("account", "debit", "credit")
LARGEST = Decimal(10) ** 15


@dataclass(frozen=True)
class Fault:
    """What is wrong in a row (counted as the file shows it, the heading is 1) and column."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        return _("Row %(row)s, %(column)s: %(message)s") % {"row": self.row, "column": self.column or "-", "message": self.message}


def decoded(content: bytes) -> tuple[str, list[Fault]]:
    """The text of a file in UTF-8 (with or without a mark)."""
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        return "", [Fault(row, "", _("The file is not in UTF-8. Save it as “CSV UTF-8”."))]


def rows_of(text: str, columns: Sequence[str], optional: Sequence[str] = ()) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """(row number, values) of each row; columns may stand in any order, separated by comma, semicolon or tab."""
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(StringIO(text), delimiter=separator, strict=True)
    try:
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        faults = [Fault(1, name, _("This column is missing.")) for name in columns if name not in names and name not in optional]
        faults += [Fault(1, name, _("This column is not known.")) for name in names if name not in columns]
        if faults:
            return [], faults
        found = []
        for row in reader:
            if row.get(None) or None in row.values():
                faults.append(Fault(reader.line_num, "", _("The row has more or fewer columns than the heading.")))
            elif any(value.strip() for value in row.values()):
                found.append((reader.line_num, {name: value.strip() for name, value in row.items()}))
    except csv.Error as error:
        return [], [Fault(reader.line_num, "", str(error))]
    return found, faults


def day(text: str) -> date:
    """A day written 2026-12-31. Raises ValueError in words."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“%(text)s” is no date; write 2026-12-31.") % {"text": text[:20]}) from None


def number(text: str, *, default: str = "") -> Decimal:
    """An amount with a point for decimals. Raises ValueError in words."""
    try:
        value = Decimal(text or default)
    except InvalidOperation:
        raise ValueError(_("“%(text)s” is no number; write 1234.56.") % {"text": text[:20]}) from None
    if not value.is_finite() or abs(value) >= LARGEST:
        raise ValueError(_("“%(text)s” is out of range.") % {"text": text[:20]})
    return value
