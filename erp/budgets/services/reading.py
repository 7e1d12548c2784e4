"""The grid from a file."""

import csv
import io
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.budgets.models import Budget
from erp.budgets.rules import Cell, FileFault, read_amount
from erp.budgets.selectors import digits_of, periods_of
from erp.budgets.services.lines import faults_of, save_cells
from erp.dimensions.models import DimensionValue
from erp.ledger.models import Account
from suite.kernel.documents.errors import Refusal

MOST = 200
FIXED = ("account", "value")


class FaultyFile(Refusal):
    """Cells of a file that cannot be taken; nothing was saved. `faults` name row and column."""

    def __init__(self, faults: list[FileFault]) -> None:
        first = faults[0]
        super().__init__(
            ngettext(
                "%(count)s cell of the file cannot be taken; nothing was saved.",
                "%(count)s cells of the file cannot be taken; nothing was saved.", len(faults),
            ) % {"count": len(faults)}, code="file", field="file",
            hint=_("Row %(row)s, column %(column)s: %(message)s") % {"row": first.row, "column": first.column or "-", "message": first.message},
        )
        self.faults = faults[:MOST]


def import_lines(*, budget: Budget, content: bytes, actor: Any, expected_version: int | None = None) -> Budget:
    """Saves the cells of a CSV file: columns account, value (may be missing), and one per period, named by its number. Empty cells are left alone.

    Comma or semicolon between the columns; behind semicolons the comma is the decimal sign. Raises FaultyFile naming every row and column.
    """
    cells, places, faults = read_cells(budget, content)
    if not faults:
        for fault in faults_of(budget, cells):
            row, column = places[fault.account_id, fault.value_id, fault.period_id]
            faults.append(FileFault(row, column, fault.message))
    if faults:
        raise FaultyFile(faults)
    return save_cells(budget=budget, cells=cells, actor=actor, expected_version=expected_version)


def read_cells(budget: Budget, content: bytes) -> tuple[list[Cell], dict[tuple, tuple[int, str]], list[FileFault]]:
    """(cells, where each stands in the file, faults)."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], {}, [FileFault(1, "", _("The file is not UTF-8 text (byte %(byte)s).") % {"byte": error.start})]
    head, _newline, _rest = text.partition("\n")
    by_semicolon = head.count(";") > head.count(",")
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=";" if by_semicolon else ",", strict=True))
    except csv.Error as error:
        return [], {}, [FileFault(1, "", _("The file is not CSV: %(error)s") % {"error": error})]
    header = [name.strip().lower() for name in rows[0]] if rows else []
    periods = {str(period.number): period.pk for period in periods_of(budget.year_id)}
    faults = [FileFault(1, name, _("There is no such column; expected are account, value and the numbers of the periods."))
              for name in header if name not in {*FIXED, "name", "total"} and name.lstrip("0") not in periods]
    if "account" not in header:
        faults.append(FileFault(1, "account", _("The column is missing.")))
    if len(set(header)) != len(header):
        faults.append(FileFault(1, "", _("A column is there twice.")))
    if faults:
        return [], {}, faults
    return _cells(budget, rows, header, periods, by_semicolon)


def _cells(
    budget: Budget, rows: list[list[str]], header: list[str], periods: dict[str, int], by_semicolon: bool,
) -> tuple[list[Cell], dict[tuple, tuple[int, str]], list[FileFault]]:
    accounts = dict(Account.objects.filter(company_id=budget.company_id).values_list("code", "pk"))
    values = dict(DimensionValue.objects.filter(dimension_id=budget.dimension_id).values_list("code", "pk")) if budget.dimension_id else {}
    digits, cells, places, faults = digits_of(budget), [], {}, []
    for number, row in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            faults.append(FileFault(number, "", _("The row has %(found)s cells, the header %(expected)s.") % {"found": len(row), "expected": len(header)}))
            continue
        said = dict(zip(header, row, strict=True))
        code, value = said["account"].strip(), said.get("value", "").strip()
        if code not in accounts:
            faults.append(FileFault(number, "account", _("There is no account %(code)s.") % {"code": code[:40] or "–"}))
            continue
        if value and value not in values:
            faults.append(FileFault(number, "value", _("The budget's dimension has no value %(code)s.") % {"code": value[:40]}))
            continue
        for name in header:
            if name in {*FIXED, "name", "total"}:
                continue
            key = (accounts[code], values.get(value), periods[name.lstrip("0")])
            try:
                amount = read_amount(said[name], digits, comma=by_semicolon)
            except ValueError as error:
                faults.append(FileFault(number, name, str(error)))
                continue
            if amount is None:
                continue
            if key in places:
                faults.append(FileFault(number, name, _("This account and value stand in row %(row)s already.") % {"row": places[key][0]}))
                continue
            places[key] = (number, name)
            cells.append(Cell(*key, amount))
    return cells, places, faults
