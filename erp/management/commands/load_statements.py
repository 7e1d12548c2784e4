"""manage.py load_statements DIR: reads every bank statement of a folder, keeps those of known accounts, compares the figures with expected.csv."""

import csv
import json as jsonlib
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.banking.formats.detecting import read_statements
from erp.banking.rules import ReadStatement
from erp.banking.services import load_statements
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError
from suite.kernel.users.service_user import service_user

KINDS = {".xml", ".sta", ".txt", ".940", ".mt940", ".ofx", ".qfx", ".qif", ".csv"}
FIGURES = ("account", "currency", "opening_balance", "closing_balance", "entries", "entries_sum", "opening_plus_entries_equals_closing")


class Command(BaseCommand):
    help = (
        "Reads every bank statement below a folder and compares it with the folder's expected.csv. Statements of bank accounts that the company "
        "has are kept (twice changes nothing). Exit code 1 when a figure differs."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--company", default="", help="code of the company whose accounts they are; by default the only one")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args, folder: Path, company: str, json: bool, **options) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}; nothing was read.")
        owner = _owner(company)
        expected = _expected(folder / "expected.csv")
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS and path.name not in ("expected.csv", "README.txt"))
        report = [_one(path, folder, expected.get(path.relative_to(folder).as_posix()), owner) for path in files]
        missing = sorted(set(expected) - {one["file"] for one in report})
        differences = [line for one in report for line in one["differences"]] + [f"{name}: expected, not there" for name in missing]
        statements = sum(len(one["statements"]) for one in report)
        summary = {"files": len(report), "statements": statements, "kept": sum(one["kept"] for one in report), "differences": differences}
        self.stdout.write(jsonlib.dumps({**summary, "report": report}, indent=2, ensure_ascii=False) if json else _text(report, summary))
        if differences:
            sys.exit(1)


def _owner(code: str) -> Company | None:
    if code:
        found = Company.objects.filter(code=code).first()
        if found is None:
            raise CommandError(f"There is no company {code}; nothing was read.")
        return found
    companies = list(Company.objects.all()[:2])
    return companies[0] if len(companies) == 1 else None


def _expected(path: Path) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                found.setdefault(row["file"], []).append(row)
    return found


def _one(path: Path, folder: Path, expected: list[dict[str, str]] | None, owner: Company | None) -> dict[str, Any]:
    """What one file says, how it differs, and what became of it."""
    name, content = path.relative_to(folder).as_posix(), path.read_bytes()
    told: dict[str, Any] = {"file": name, "format": "", "statements": [], "differences": [], "refused": "", "kept": 0}
    wanted = [row for row in expected or () if row["statement"]]
    try:
        told["format"], statements = read_statements(content)
    except BusinessError as error:
        told["refused"] = error.message
        told["differences"] = [f"{name}: {error.message}"] if wanted else []
        return told
    told["statements"] = [{**_figures(one), "warnings": one.warnings} for one in statements]
    if wanted:
        told["differences"] = _differences(name, wanted, statements)
    if owner is not None and statements:
        try:
            loaded = load_statements(
                company_id=owner.pk, content=content, file_name=path.name, actor=service_user(on_behalf_of=None, company_id=owner.pk),
            )
            told["kept"] = sum(one.is_new for one in loaded)
        except BusinessError as error:
            told["refused"] = error.message
    return told


def _figures(statement: ReadStatement) -> dict[str, Any]:
    def plain(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:f}"

    return {
        "statement": statement.number, "account": statement.account, "currency": statement.currency, "opening_balance": plain(statement.opening),
        "closing_balance": plain(statement.closing), "entries": len(statement.lines), "entries_sum": plain(statement.total),
        "opening_plus_entries_equals_closing": statement.adds_up, "difference": plain(statement.difference),
    }


def _differences(name: str, wanted: list[dict[str, str]], statements: list[ReadStatement]) -> list[str]:
    if len(wanted) != len(statements):
        return [f"{name}: {len(wanted)} statements expected, {len(statements)} read"]
    found = []
    for row, statement in zip(wanted, statements, strict=True):
        figures = _figures(statement)
        for what in ("statement", *FIGURES):
            if not _is_same(row[what], figures[what]):
                found.append(f"{name} {row['statement']}: {what} {figures[what]} instead of {row[what] or 'none'}")
    return found


def _is_same(expected: str, read: Any) -> bool:
    if expected == "":
        return read is None
    if isinstance(read, bool):
        return str(read) == expected
    try:
        return Decimal(expected) == Decimal(str(read))
    except ArithmeticError:
        return expected.upper() == str(read).upper()


def _text(report: list[dict[str, Any]], summary: dict[str, Any]) -> str:
    lines = []
    for one in report:
        lines.append(f"{one['file']:42} {one['format'] or '-':6} {len(one['statements']):3} statements, {one['kept']} kept")
        lines += [f"    {said['statement']}: does not add up by {said['difference']}" for said in one["statements"]
                  if said["opening_plus_entries_equals_closing"] is False]
        lines += [f"    {one['refused']}"] if one["refused"] else []
    lines += [f"DIFFERENT {difference}" for difference in summary["differences"]]
    lines.append("All figures equal those expected." if not summary["differences"] else f"{len(summary['differences'])} figures differ.")
    return "\n".join(lines)
