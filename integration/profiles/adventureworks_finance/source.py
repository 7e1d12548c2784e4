"""The finance files of AdventureWorks, every cell typed and checked before anything is written."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from integration.profiles.reading import CannotRead, Reading, Row, day, number

ACCOUNTS, DEPARTMENTS, ORGANISATIONS, SCENARIOS, AMOUNTS = (
    "DW.DimAccount.csv.gz", "DW.DimDepartmentGroup.csv.gz", "DW.DimOrganization.csv.gz", "DW.DimScenario.csv.gz", "DW.FactFinance.csv.gz",
)
ORACLE = "oracle_finance_by_type_year.csv"
ACTUAL, BUDGET = "1", "2"
TYPES = {
    "Assets": "asset", "Liabilities": "liability", "Revenue": "income", "Expenditures": "expense", "Balances": "asset", "Flow": "asset", "Statistical": "asset",
}
EQUITY, STATISTICS = "300", "9500"
# What a source account stands for at one moment; the others add up over time.
BALANCE_TYPES = frozenset({"Assets", "Liabilities", "Balances"})
CREDIT_TYPES = frozenset({"Liabilities", "Revenue"})


@dataclass(frozen=True)
class SourceAccount:
    """An account of the source. `type` is ours, `source_type` theirs; `parent` is a key."""

    key: str
    code: str
    name: str
    source_type: str
    type: str
    parent: str


@dataclass(frozen=True)
class Unit:
    """An organisation or a department group."""

    key: str
    name: str
    parent: str


@dataclass(frozen=True)
class Amount:
    """One of the finance amounts: on the natural side of its account."""

    on: date
    organisation: str
    department: str
    scenario: str
    account: str
    amount: Decimal


@dataclass
class Source:
    """All that the files hold."""

    accounts: dict[str, SourceAccount] = field(default_factory=dict)
    organisations: dict[str, Unit] = field(default_factory=dict)
    departments: dict[str, Unit] = field(default_factory=dict)
    amounts: list[Amount] = field(default_factory=list)
    totals: dict[tuple[str, str, int], Decimal] = field(default_factory=dict)


def read_source(folder: Path, reading: Reading) -> Source:
    """The files of a folder; what cannot be taken is among the faults of `reading`."""
    source = Source()
    rows = list(_rows(folder, ACCOUNTS, reading, ("AccountKey", "ParentAccountKey", "AccountCodeAlternateKey", "AccountDescription", "AccountType")))
    parents = {row.cells["AccountKey"]: _key(row.cells["ParentAccountKey"]) for row in rows}
    codes = {row.cells["AccountKey"]: row.cells["AccountCodeAlternateKey"] for row in rows}
    for row in rows:
        cells, source_type = row.cells, row.cells["AccountType"]
        if source_type and source_type not in TYPES:
            reading.fault(row, "AccountType", source_type, "is no known type of account")
        if parents[cells["AccountKey"]] and parents[cells["AccountKey"]] not in codes:
            reading.fault(row, "ParentAccountKey", cells["ParentAccountKey"], "there is no such account")
            continue
        kind = "equity" if EQUITY in _above(cells["AccountKey"], parents, codes) else TYPES.get(source_type, "asset")
        source.accounts[cells["AccountKey"]] = SourceAccount(
            cells["AccountKey"], codes[cells["AccountKey"]], cells["AccountDescription"], source_type, kind, parents[cells["AccountKey"]])
    source.organisations = _units(folder, ORGANISATIONS, "Organization", "OrganizationName", reading)
    source.departments = _units(folder, DEPARTMENTS, "DepartmentGroup", "DepartmentGroupName", reading)
    _read_amounts(folder, source, reading)
    _read_totals(folder, source, reading)
    return source


def _above(key: str, parents: dict[str, str], codes: dict[str, str]) -> set[str]:
    found: set[str] = set()
    while key and codes.get(key) not in found:
        found.add(codes.get(key, ""))
        key = parents.get(key, "")
    return found


def _units(folder: Path, name: str, stem: str, title: str, reading: Reading) -> dict[str, Unit]:
    rows = _rows(folder, name, reading, (f"{stem}Key", f"Parent{stem}Key", title))
    return {row.cells[f"{stem}Key"]: Unit(row.cells[f"{stem}Key"], row.cells[title], _key(row.cells[f"Parent{stem}Key"])) for row in rows}


def _read_amounts(folder: Path, source: Source, reading: Reading) -> None:
    amount_of = number(least=Decimal(-(10**12)), digits=2)
    known = {"OrganizationKey": source.organisations, "DepartmentGroupKey": source.departments, "AccountKey": source.accounts, "ScenarioKey": (ACTUAL, BUDGET)}
    seen: set[tuple[str, ...]] = set()
    for row in _rows(folder, AMOUNTS, reading, ("OrganizationKey", "DepartmentGroupKey", "ScenarioKey", "AccountKey", "Amount", "Date")):
        cells, before = row.cells, len(reading.faults)
        for column, keys in known.items():
            if cells[column] not in keys:
                reading.fault(row, column, cells[column], "there is no such row in its own file")
        place = tuple(cells[name] for name in ("Date", "OrganizationKey", "DepartmentGroupKey", "ScenarioKey", "AccountKey"))
        if place in seen:
            reading.fault(row, "Amount", cells["Amount"], "this account has an amount of that day, organisation and department already")
        seen.add(place)
        try:
            amount = amount_of(cells["Amount"])
            on = day(cells["Date"])
        except CannotRead as error:
            reading.fault(row, "Amount" if "number" in str(error) or "digits" in str(error) else "Date", cells["Amount"], str(error))
            continue
        if len(reading.faults) == before:
            source.amounts.append(Amount(on, cells["OrganizationKey"], cells["DepartmentGroupKey"], cells["ScenarioKey"], cells["AccountKey"], amount))


def _read_totals(folder: Path, source: Source, reading: Reading) -> None:
    try:
        with (folder / ORACLE).open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                for name, value in row.items():
                    if name.isdecimal() and value:
                        source.totals[row["ScenarioKey"], row["t"], int(name)] = Decimal(value)
    except FileNotFoundError:
        reading.fault(Row(ORACLE, 1, {}), "", "", f"the file is not in {folder}")


def _rows(folder: Path, name: str, reading: Reading, needed: tuple[str, ...]) -> Iterator[Row]:
    whole = Row(name, 1, {})
    try:
        with gzip.open(folder / name, "rt", encoding="utf-8", newline="") as opened:
            lines = csv.DictReader(opened, strict=True)
            missing = [column for column in needed if column not in (lines.fieldnames or ())]
            for column in missing:
                reading.fault(whole, column, "", "the column is missing")
            if not missing:
                for place, cells in enumerate(lines, 2):
                    yield Row(name, place, {column: cells[column] or "" for column in needed})
    except FileNotFoundError:
        reading.fault(whole, "", "", f"the file is not in {folder}")
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        reading.fault(whole, "", "", f"cannot be read: {error}")


def _key(text: str) -> str:
    return text.removesuffix(".0")
