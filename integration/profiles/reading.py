"""Reading the files of a company that moves in: every cell typed and checked, every fault kept with its place."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Fault:
    """Why a cell cannot be taken. `row` counts as a spreadsheet does: the header is row 1."""

    file: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: {self.value!r}: {self.reason}"


class CannotRead(ValueError):
    """The text is not what the field wants; the message is the reason."""


@dataclass(frozen=True)
class Field:
    """What a field holds. `refers_to` names the kind of record whose key stands here."""

    parse: Callable[[str], Any]
    is_required: bool = False
    refers_to: str = ""
    is_unique: bool = False


@dataclass
class Row:
    """A row as it stands in its file."""

    file: str
    number: int
    cells: dict[str, str]


@dataclass
class Reading:
    """What was read so far, and what was wrong with it."""

    faults: list[Fault] = field(default_factory=list)

    def fault(self, row: Row, column: str, value: str, reason: str) -> None:
        self.faults.append(Fault(row.file, row.number, column, value, reason))


def text(length: int) -> Callable[[str], str]:
    """Text of at most `length` characters; a line break may be written as a backslash and an n."""

    def parse(raw: str) -> str:
        value = raw.replace("\\n", "\n").strip()
        if len(value) > length:
            raise CannotRead(f"longer than {length} characters")
        if "\x00" in value:
            raise CannotRead("holds a zero byte")
        return value

    return parse


def number(*, least: Decimal = Decimal(0), most: Decimal | None = None, above: bool = False, digits: int = 6) -> Callable[[str], Decimal]:
    """A decimal number from `least` to `most` (`above`: more than `least`) with at most `digits` behind the point."""

    def parse(raw: str) -> Decimal:
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise CannotRead("is not a number") from None
        if not value.is_finite():
            raise CannotRead("is not a number")
        if value < least or (above and value == least):
            raise CannotRead(f"must be {'above' if above else 'at least'} {least}")
        if most is not None and value > most:
            raise CannotRead(f"must be at most {most}")
        if value != round(value, digits):
            raise CannotRead(f"has more than {digits} digits behind the point")
        if abs(value) >= Decimal(10) ** 12:
            raise CannotRead("is too large")
        return value

    return parse


def day(raw: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise CannotRead("is not a date like 1996-07-04") from None


def flag(raw: str) -> bool:
    """Yes or no as 1/0, true/false, yes/no."""
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    try:
        return known[raw.strip().lower()]
    except KeyError:
        raise CannotRead("is neither 1 nor 0") from None


def read_rows(folder: Path, name: str, reading: Reading, *, expected: set[str]) -> list[Row]:
    """The rows of a CSV file in UTF-8 with a header. A missing file, column or cell, and a column nobody expects, are faults."""
    whole = Row(name, 1, {})
    try:
        content = (folder / name).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        reading.fault(whole, "", "", f"the file is not in {folder}")
        return []
    except UnicodeDecodeError as error:
        reading.fault(whole, "", "", f"is not UTF-8 text (byte {error.start})")
        return []
    try:
        lines = list(csv.reader(content.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        reading.fault(whole, "", "", f"is not a CSV file: {error}")
        return []
    header = lines[0] if lines else []
    for column in sorted(expected - set(header)):
        reading.fault(whole, column, "", "the column is missing")
    for column in sorted(set(header) - expected):
        reading.fault(whole, column, "", "nobody says what this column becomes: map it or list it under ignored")
    if expected - set(header):
        return []
    rows = []
    for number_, cells in enumerate(lines[1:], 2):
        if len(cells) != len(header):
            reading.fault(Row(name, number_, {}), "", ",".join(cells)[:80], f"has {len(cells)} cells where the header has {len(header)}")
            continue
        rows.append(Row(name, number_, dict(zip(header, cells, strict=True))))
    return rows
