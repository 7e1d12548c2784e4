"""manage.py load_einvoices DIR: reads every e-invoice of a folder and compares its totals with the folder's totals.csv."""

import csv
import json as jsonlib
import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from erp.einvoicing.rules.document import ElectronicInvoice, figures
from erp.einvoicing.rules.reading import read_file
from erp.einvoicing.services import receive_invoice
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError
from suite.kernel.users.service_user import service_user

KINDS = {".xml", ".pdf"}
BREAKDOWN = "vat_breakdown(category/percent/basis/amount)"


class Command(BaseCommand):
    help = (
        "Reads every e-invoice below a folder (UBL, CII, PDF with XML inside) and compares it with the folder's totals.csv. With --company they are "
        "received there, as on the page. Exit code 1 when a figure differs or a file cannot be read."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--company", default="", help="code of the company that receives them; without it they are only read")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args, folder: Path, company: str, json: bool, **options) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}; nothing was read.")
        owner = Company.objects.filter(code=company).first() if company else None
        if company and owner is None:
            raise CommandError(f"There is no company {company}; nothing was read.")
        totals = folder / "totals.csv"
        if not totals.is_file():
            raise CommandError(f"There is no {totals.name} in {folder}; nothing was read.")
        with totals.open(encoding="utf-8", newline="") as handle:
            expected = {row["file"]: row for row in csv.DictReader(handle)}
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS)
        report = [_one(path, path.relative_to(folder).as_posix(), expected, owner) for path in files]
        differences = [line for one in report for line in one["differences"]]
        differences += [f"{name}: expected, not there" for name in sorted(set(expected) - {one["file"] for one in report})]
        summary = {"files": len(report), "compared": sum(one["file"] in expected for one in report), "differences": differences}
        self.stdout.write(jsonlib.dumps({**summary, "report": report}, indent=2, ensure_ascii=False) if json else _text(report, summary))
        if differences:
            sys.exit(1)


def _one(path: Path, name: str, expected: dict[str, dict[str, str]], owner: Company | None) -> dict[str, Any]:
    """What one file says, how it differs, and what became of it."""
    content = path.read_bytes()
    told: dict[str, Any] = {"file": name, "figures": None, "differences": [], "received": "", "problems": []}
    try:
        document, _xml = read_file(content)
    except BusinessError as error:
        return {**told, "differences": [f"{name}: {error.message}"]}
    told["figures"] = _plain(document)
    if name in expected:
        told["differences"] = [f"{name}: {line}" for line in _differences(expected[name], document)]
    else:
        told["differences"] = [f"{name}: not in totals.csv"]
    if owner is not None:
        try:
            received = receive_invoice(
                company_id=owner.pk, content=content, file_name=path.name, actor=service_user(on_behalf_of=None, company_id=owner.pk),
            )
            told["received"], told["problems"] = received.status, received.problems
        except BusinessError as error:
            told["received"] = error.message
    return told


def _plain(document: ElectronicInvoice) -> dict[str, Any]:
    def word(value: Any) -> Any:
        return str(value) if isinstance(value, Decimal | date) else value

    found = figures(document)
    return {**{name: word(value) for name, value in found.items()}, "vat_breakdown": [[word(part) for part in group] for group in found["vat_breakdown"]]}


def _differences(row: dict[str, str], document: ElectronicInvoice) -> list[str]:
    found = figures(document)
    lines = []
    for name, value in found.items():
        if name == "vat_breakdown":
            continue
        if not _is_same(row[name], value):
            lines.append(f"{name} {value} instead of {row[name] or 'none'}")
    wanted = [tuple(_number(part) for part in group.strip().split("/")) for group in row[BREAKDOWN].split(";") if group.strip()]
    read = [(category, *(part if part is not None else "" for part in numbers)) for category, *numbers in found["vat_breakdown"]]
    if wanted != read:
        lines.append(f"tax by rate {read} instead of {wanted}")
    return lines


def _number(text: str) -> Any:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def _is_same(expected: str, read: Any) -> bool:
    if expected == "":
        return read is None
    if isinstance(read, date):
        return expected.replace("-", "") == f"{read:%Y%m%d}"
    if isinstance(read, Decimal | int):
        return _number(expected) == read
    return expected == str(read if read is not None else "")


def _text(report: list[dict[str, Any]], summary: dict[str, Any]) -> str:
    lines = []
    for one in report:
        said = one["figures"] or {}
        lines.append(f"{one['file']:38} {said.get('syntax', '-'):15} {said.get('lines', 0):3} lines {said.get('payable', '-'):>10} {said.get('currency', '')}")
        lines += [f"    {one['received']}"] if one["received"] else []
        lines += [f"    {problem['field']}: {problem['message']}" for problem in one["problems"]]
    lines += [f"DIFFERENT {difference}" for difference in summary["differences"]]
    lines.append("All figures equal totals.csv." if not summary["differences"] else f"{len(summary['differences'])} figures differ.")
    return "\n".join(lines)
