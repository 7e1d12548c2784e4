"""A profile: a readable file that says what each column becomes. Reading it, and turning files into records with it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from integration.profiles.reading import CannotRead, Reading, Row, read_rows
from integration.profiles.records import KINDS, Record


@dataclass(frozen=True)
class Cell:
    """Where a field's text comes from: a column, a template over columns, or one value for all rows."""

    column: str
    template: str = ""
    value: str = ""

    @classmethod
    def of(cls, given: Any) -> "Cell":
        if isinstance(given, str):
            return cls(given)
        template = given.get("template", "")
        columns = [name for _text, name, _format, _conversion in Formatter().parse(template) if name]
        return cls(columns[0] if columns else "", template, given.get("value", ""))

    @property
    def columns(self) -> set[str]:
        if self.template:
            return {name for _text, name, _format, _conversion in Formatter().parse(self.template) if name}
        return {self.column} if self.column else set()

    def read(self, row: Row) -> str:
        if self.template:
            return self.template.format(**row.cells).strip()
        return row.cells[self.column] if self.column else self.value


@dataclass(frozen=True)
class File:
    """One file of the source: which kind of record a row is, and which column becomes which field."""

    name: str
    kind: str
    key: Cell
    fields: dict[str, Cell]
    ignored: frozenset[str]

    @property
    def columns(self) -> set[str]:
        return set(self.ignored).union(self.key.columns, *(cell.columns for cell in self.fields.values()))


@dataclass(frozen=True)
class Oracle:
    """A file of known results: its rows by `key` are what the suite must show grouped `by`."""

    file: str
    key: str
    by: str


@dataclass(frozen=True)
class Profile:
    """How one source moves in."""

    source: str
    company: dict[str, Any]
    opening: dict[str, Any]
    charge: dict[str, str]
    files: tuple[File, ...]
    oracles: tuple[Oracle, ...]


def load_profile(path: Path) -> Profile:
    """The profile in a TOML file. Raises ValueError for a kind or field that the engine does not know, naming it."""
    given = tomllib.loads(path.read_text(encoding="utf-8"))
    files = []
    for each in given["files"]:
        if each["kind"] not in KINDS:
            raise ValueError(f"{path.name}: {each['name']}: there is no kind of record {each['kind']!r}; known: {', '.join(KINDS)}.")
        unknown = set(each["fields"]) - set(KINDS[each["kind"]])
        if unknown:
            raise ValueError(f"{path.name}: {each['name']}: a {each['kind']} has no field {', '.join(sorted(unknown))}.")
        fields = {name: Cell.of(cell) for name, cell in each["fields"].items()}
        files.append(File(each["name"], each["kind"], Cell.of(each["key"]), fields, frozenset(each.get("ignored", {}))))
    return Profile(
        given["source"], given["company"], given["opening"], given["charge"], tuple(files),
        tuple(Oracle(**each) for each in given.get("oracles", [])),
    )


Records = dict[str, dict[str, Record]]


def read_records(profile: Profile, folder: Path, reading: Reading) -> Records:
    """Kind to key to record, every cell parsed and every reference resolved; what cannot be taken stands in `reading.faults`."""
    found: Records = {kind: {} for kind in KINDS}
    waiting: list[tuple[Row, File, Record]] = []
    for file in profile.files:
        for row in read_rows(folder, file.name, reading, expected=file.columns):
            record = _record(file, row, reading)
            first = found[file.kind].get(record.key)
            if first is not None:
                reading.fault(row, file.key.column, record.key, f"stands twice: first in row {first.row}")
                continue
            found[file.kind][record.key] = record
            waiting.append((row, file, record))
    for row, file, record in waiting:
        _resolve(found, row, file, record, reading)
    _refuse_doubles(found, waiting, reading)
    return found


def _record(file: File, row: Row, reading: Reading) -> Record:
    values: dict[str, Any] = dict.fromkeys(KINDS[file.kind])
    for name, cell in file.fields.items():
        field = KINDS[file.kind][name]
        raw = cell.read(row)
        if not raw.strip():
            if field.is_required:
                reading.fault(row, cell.column, raw, "is empty")
            continue
        try:
            values[name] = field.parse(raw)
        except CannotRead as error:
            reading.fault(row, cell.column, raw, str(error))
    key = file.key.read(row)
    if not key.strip():
        reading.fault(row, file.key.column, key, "is empty")
    return Record(file.kind, key, row.file, row.number, values)


def _resolve(found: Records, row: Row, file: File, record: Record, reading: Reading) -> None:
    for name, cell in file.fields.items():
        target = KINDS[file.kind][name].refers_to
        key = record.values[name]
        if not target or key is None:
            continue
        if key not in found[target]:
            reading.fault(row, cell.column, key, f"there is no {target} with this key")
        record.values[name] = found[target].get(key)


def _refuse_doubles(found: Records, rows: list[tuple[Row, File, Record]], reading: Reading) -> None:
    """A number or code that must be one record's alone."""
    seen: dict[tuple[str, str, str], int] = {}
    for row, file, record in rows:
        for name, cell in file.fields.items():
            if not KINDS[file.kind][name].is_unique or record.values[name] is None:
                continue
            first = seen.setdefault((file.kind, name, record.values[name]), row.number)
            if first != row.number:
                reading.fault(row, cell.column, record.values[name], f"stands twice: first in row {first}")
