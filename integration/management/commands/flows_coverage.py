"""manage.py flows_coverage: which postings of the design a test proves, and which nobody has asked for yet."""

import ast
import json as jsonlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

DOMAINS = {
    "L2O": "lead to order", "O2C": "order to cash", "LOY": "loyalty and gift cards", "P2P": "procure to pay", "INV": "inventory", "MFG": "production",
    "PAY": "people and payroll", "FX": "currencies", "FA": "fixed assets", "TAX": "tax", "BNK": "bank", "CLS": "closing", "OPN": "opening balances",
    "RMA": "returns", "PRJ": "projects",
}


class Command(BaseCommand):
    help = "Lists every posting of the design as covered (by which test) or not asked for yet; exit code 1 when one that is asked for has no test."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="print {covered: {id: [test]}, missing: {id: issue}, later: {domain: [id]}}")

    def handle(self, *args, json: bool, **options) -> None:
        tests = Path(settings.BASE_DIR) / "tests"
        if not (tests / "golden" / "postings.txt").exists():
            raise CommandError("The tests are not installed here: run this in a checkout of the repository.")
        report = coverage(tests)
        if json:
            self.stdout.write(jsonlib.dumps(report, indent=2))
        else:
            self._say(report)
        if report["missing"]:
            sys.exit(1)

    def _say(self, report: dict) -> None:
        for posting, proofs in report["covered"].items():
            self.stdout.write(f"{posting:8} covered by {proofs[0]}" + (f" and {len(proofs) - 1} more" if len(proofs) > 1 else ""))
        for domain, ids in report["later"].items():
            self.stdout.write(f"not asked for yet, {domain}: {' '.join(ids)}")
        for posting, issue in report["missing"].items():
            self.stdout.write(f"{posting:8} MISSING: {issue} asks for it, no test names it")
        self.stdout.write(f"{len(report['covered'])} covered, {sum(map(len, report['later'].values()))} not asked for yet, {len(report['missing'])} missing")


def coverage(tests: Path) -> dict[str, dict]:
    """{"covered": {id: names of its tests}, "missing": {id: the issue that asks}, "later": {domain: ids}} of every id in postings.txt, in its order."""
    ids = re.findall(r"^([A-Z0-9]+-\w+):", (tests / "golden" / "postings.txt").read_text(), re.M)
    asked = {}
    for line in (tests / "golden" / "asked.txt").read_text().splitlines():
        if not line.startswith("#"):
            issue, _colon, names = line.partition(":")
            asked |= dict.fromkeys(names.split(), issue)
    unknown = sorted(set(asked) - set(ids))
    if unknown:
        raise CommandError(f"asked.txt names postings that the design does not have: {' '.join(unknown)}")
    proofs = defaultdict(list)
    for path in sorted(tests.rglob("test_*.py")):
        for posting, test in proven_in(path, set(ids)):
            proofs[posting].append(f"{path.relative_to(tests.parent)}::{test}")
    later = defaultdict(list)
    for posting in ids:
        if posting not in proofs and posting not in asked:
            later[DOMAINS[posting.partition("-")[0]]].append(posting)
    return {
        "covered": {posting: proofs[posting] for posting in ids if posting in proofs},
        "missing": {posting: asked[posting] for posting in ids if posting in asked and posting not in proofs}, "later": dict(later),
    }


def proven_in(path: Path, ids: set[str]) -> Iterator[tuple[str, str]]:
    """(id, test) of every test in a file that names the id, itself or by its parameters, and compares with the design's postings: it calls
    `expected` or reads POSTINGS or `chains`, itself or by a function or method of the file that it calls."""
    text = path.read_text()
    if not re.search(r"\b(expected\(|POSTINGS|chains\()", text):
        return
    functions = {node.name: node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    for node in functions.values():
        if node.name.startswith("test") and _compares(node, functions):
            named = {part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)} & ids
            for posting in sorted(named):
                yield posting, node.name


def _compares(test: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> bool:
    waiting, seen = [test.name], set()
    while waiting:
        if (name := waiting.pop()) in seen or name not in functions:
            continue
        seen.add(name)
        used = {part.id if isinstance(part, ast.Name) else part.attr for part in ast.walk(functions[name]) if isinstance(part, ast.Name | ast.Attribute)}
        if used & {"expected", "POSTINGS", "chains"}:
            return True
        waiting.extend(used)
    return False
