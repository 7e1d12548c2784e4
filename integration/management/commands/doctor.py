"""manage.py doctor: recomputes every invariant of the books, the stock and the outbox from the data."""

import json as jsonlib
import sys

from django.core.management.base import BaseCommand

from integration.outbox.invariants import all_invariants


class Command(BaseCommand):
    help = "Checks every invariant from the data; names guilty rows; exit code 1 when one is broken."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--json", action="store_true", help="print {invariant: {violations, examples}}")

    def handle(self, *args, json: bool, **options) -> None:
        report = examine()
        if json:
            self.stdout.write(_as_json(report))
        else:
            for name, found in report.items():
                self.stdout.write(f"{name:28} {found['violations']}")
                for example in found["examples"]:
                    self.stdout.write(f"    {example}")
        if any(found["violations"] for found in report.values()):
            sys.exit(1)


def examine() -> dict[str, dict]:
    """{invariant: {"violations": how many, "examples": up to ten rows in words}}."""
    report = {}
    for name, check in sorted(all_invariants().items()):
        guilty = check()
        report[name] = {"violations": len(guilty), "examples": guilty[:10]}
    return report


def _as_json(report: dict) -> str:
    return jsonlib.dumps(report, indent=2, ensure_ascii=False)
