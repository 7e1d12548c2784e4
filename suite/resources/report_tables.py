"""The table that a report answers with, and its cells as words and as HTML."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.html import format_html

from suite.resources.display import badge, money, plain_number

ONE_SIDED = {"debit", "credit"}  # an entry stands on one side; a zero on the other would only be noise
NUMERIC = {"money", "quantity", "decimal", "integer", "percent"}


@dataclass(frozen=True)
class Column:
    """A column of a report. `kind`: text, date, money, quantity, decimal, integer, percent, status; `link` names the row's key that holds an address."""

    name: str
    label: str
    kind: str = "text"
    link: str = ""

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC


@dataclass
class Table:
    """A report's answer. Rows are mappings or objects; "level" indents a row, "is_heading" and "is_total" set it apart.

    `totals` is one more row below; `chart` is an ECharts option; `facts` are (label, value) shown above; amounts are in `currency`.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    totals: Mapping[str, Any] | None = None
    chart: dict[str, Any] | None = None
    facts: Sequence[tuple[str, str]] = ()
    note: str = ""
    currency: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


def value_of(row: Any, name: str, default: Any = None) -> Any:
    """A row's value, whether it is a mapping or an object."""
    return row.get(name, default) if isinstance(row, Mapping) else getattr(row, name, default)


def cell_text(value: Any, column: Column, currency: str) -> str:
    if value is None or value == "":
        return ""
    if column.kind == "money":
        return money(value, currency or None) if value or column.name not in ONE_SIDED else ""
    if column.kind == "percent":
        return f"{plain_number(Decimal(value) * 100, 1)}\u00a0%"
    if column.kind in {"quantity", "decimal", "integer"}:
        return plain_number(value)
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


def cell_html(row: Any, column: Column, currency: str) -> str:
    value = value_of(row, column.name)
    if column.kind == "status" and value:
        label = value_of(row, f"{column.name}_label") or str(value).replace("_", " ").capitalize()
        return badge(value, label)
    text: Any = cell_text(value, column, currency)
    address = value_of(row, column.link) if column.link else None
    return format_html('<a class="record-link" href="{}">{}</a>', address, text) if address and text else text


def printed_rows(table: Table) -> Iterator[dict[str, Any]]:
    """The rows as words, the totals last."""
    for row in [*table.rows, *([table.totals] if table.totals else [])]:
        cells = []
        for column in table.columns:
            value = value_of(row, column.name)
            label = value_of(row, f"{column.name}_label") if column.kind == "status" and value else None
            cells.append(str(label or cell_text(value, column, table.currency)))
        yield {
            "cells": cells, "level": value_of(row, "level", 0) or 0, "is_heading": bool(value_of(row, "is_heading", False)),
            "is_total": bool(value_of(row, "is_total", False)) or row is table.totals,
        }
