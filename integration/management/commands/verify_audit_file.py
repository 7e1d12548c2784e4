"""manage.py verify_audit_file: whether an auditor's file is complete and unchanged. Reads the file alone, no database."""

import json as jsonlib
import sys
from collections import defaultdict
from decimal import Decimal
from hashlib import sha256
from zipfile import BadZipFile, ZipFile

from django.core.management.base import BaseCommand, CommandError

FORMAT = "suite-audit-file/1"


class Command(BaseCommand):
    help = "Checks every hash of an auditor's file, the chain of its entries and that each entry balances; exit code 1 names what differs."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("file")
        parser.add_argument("--json", action="store_true", help="print {entries, files, faults}")

    def handle(self, *args, file: str, json: bool, **options) -> None:
        try:
            with ZipFile(file) as archive:
                report = verify(archive)
        except (OSError, BadZipFile) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        if json:
            self.stdout.write(jsonlib.dumps(report, indent=2))
        else:
            for fault in report["faults"]:
                self.stdout.write(fault)
            self.stdout.write(f"{report['entries']} entries, {report['files']} files, {len(report['faults'])} faults")
        if report["faults"]:
            sys.exit(1)


def verify(archive: ZipFile) -> dict:
    """{"entries": how many, "files": how many, "faults": what differs, in words}."""
    names = set(archive.namelist())
    if "manifest.json" not in names:
        return {"entries": 0, "files": len(names), "faults": ["manifest.json is missing"]}
    manifest = jsonlib.loads(archive.read("manifest.json"))
    faults = [] if manifest.get("format") == FORMAT else [f"the format is {manifest.get('format')!r}, not {FORMAT}"]
    listed = manifest.get("files", {})
    faults += [f"{name} is missing" for name in sorted(set(listed) - names)]
    faults += [f"{name} is not in the manifest" for name in sorted(names - set(listed) - {"manifest.json"})]
    for name in sorted(set(listed) & names):
        if sha256(archive.read(name)).hexdigest() != listed[name]["sha256"]:
            faults.append(f"{name} was changed")
    entries = _rows(archive, "entries.jsonl")
    if len(entries) != manifest.get("entries"):
        faults.append(f"the manifest counts {manifest.get('entries')} entries, the file holds {len(entries)}")
    faults += _broken_chain(entries) + _unbalanced(entries, _rows(archive, "lines.jsonl"))
    faults += [f"attachment {item['name']} could not be read when the file was made" for item in manifest.get("missing_attachments", ())]
    return {"entries": len(entries), "files": len(listed), "faults": faults}


def _rows(archive: ZipFile, name: str) -> list[dict]:
    return [jsonlib.loads(line) for line in archive.read(name).splitlines()] if name in archive.namelist() else []


def _broken_chain(entries: list[dict]) -> list[str]:
    faults, last = [], {}
    for entry in entries:
        if sha256(bytes.fromhex(entry["hash_before"]) + entry["text"].encode()).hexdigest() != entry["hash"]:
            faults.append(f"entry {entry['number']} does not match its hash")
        before = last.get(entry["journal_id"])
        if before and (before["sequence"] + 1 == entry["sequence"]) and before["hash"] != entry["hash_before"]:
            faults.append(f"entry {entry['number']} does not follow {before['number']}")
        if not entry["text"].startswith(f"{entry['number']}|"):
            faults.append(f"entry {entry['number']} bears another number in its hash")
        last[entry["journal_id"]] = entry
    return faults


def _unbalanced(entries: list[dict], lines: list[dict]) -> list[str]:
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        sums[line["entry_id"]] += Decimal(line["debit"]) - Decimal(line["credit"])
    numbers = {entry["id"]: entry["number"] for entry in entries}
    faults = [f"entry {numbers.get(pk, pk)} does not balance: {difference}" for pk, difference in sums.items() if difference]
    return faults + [f"a line belongs to entry {pk}, which is not in the file" for pk in sums if pk not in numbers]
