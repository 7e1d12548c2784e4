"""manage.py load_profile northwind|adventureworks_finance DIR: moves a company in from its files, through the same services that people use."""

import json as jsonlib
import sys
import time
from decimal import Decimal
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from integration.outbox.inline import DeliveryFailed
from integration.profiles.adventureworks_finance.loading import NAME as FINANCE
from integration.profiles.adventureworks_finance.loading import move_finance_in
from integration.profiles.adventureworks_finance.totals import Totals
from integration.profiles.figures import Figures
from integration.profiles.moving import Refused, move_in, profile_named, profile_names
from integration.profiles.trade import StepFailed

MOST_FAULTS = 200


class Command(BaseCommand):
    help = "Moves a company in. Reports rows that cannot be taken and writes nothing then. May be run again: it does what is missing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("profile", choices=[*profile_names(), FINANCE])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="print the figures as JSON; progress goes to stderr")

    def handle(self, *args, profile: str, folder: Path, json: bool, **options) -> None:
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}; nothing was written.")
        started = time.monotonic()
        out = self.stderr if json else self.stdout

        def say(line: str) -> None:
            out.write(line)
            out.flush()

        try:
            figures = move_finance_in(folder, say=say) if profile == FINANCE else move_in(profile_named(profile), folder, say=say)
        except Refused as refused:
            for fault in refused.faults[:MOST_FAULTS]:
                self.stderr.write(str(fault))
            self.stderr.write(f"{len(refused.faults)} cells cannot be taken; nothing was written. Correct the files and run this again.")
            sys.exit(1)
        except (StepFailed, DeliveryFailed) as error:
            raise CommandError(f"{error}\nWhat came before is kept. Put the cause right and run this again: it continues here.") from error
        seconds = round(time.monotonic() - started, 1)
        self.stdout.write(_json_of(figures, seconds) if json else _text_of(figures, seconds))
        if figures.differences:
            sys.exit(1)


def _json_of(figures: Figures | Totals, seconds: float) -> str:
    if isinstance(figures, Figures):
        return _as_json(figures, seconds)
    return jsonlib.dumps({**_counts(figures), "seconds": seconds, "differences": [str(one) for one in figures.differences]}, indent=2, ensure_ascii=False)


def _text_of(figures: Figures | Totals, seconds: float) -> str:
    if isinstance(figures, Figures):
        return _as_text(figures, seconds)
    lines = [f"{name.replace('_', ' '):28} {count}" for name, count in {**_counts(figures), "seconds": seconds}.items()]
    lines += [f"DIFFERENT {difference}" for difference in figures.differences]
    lines.append("All totals by type and year equal the source." if not figures.differences else f"{len(figures.differences)} figures differ.")
    return "\n".join(lines)


def _counts(totals: Totals) -> dict[str, int]:
    return {
        "amounts": totals.amounts, "entry_lines": totals.entry_lines, "zero_amounts": totals.zero_amounts, "budgets": totals.budgets,
        "budget_lines": totals.budget_lines, "totals_compared": totals.compared,
    }


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _as_json(figures: Figures, seconds: float) -> str:
    return jsonlib.dumps({
        "orders": figures.orders, "lines": figures.lines, "units": _number(figures.units), "net_total": _number(figures.net_total),
        "freight": _number(figures.freight), "dispatched": figures.dispatched, "open": figures.open, "seconds": seconds,
        "invoiced": _number(figures.invoiced), "compared": figures.compared, "differences": [str(one) for one in figures.differences],
    }, indent=2, ensure_ascii=False)


def _as_text(figures: Figures, seconds: float) -> str:
    rows = [
        ("orders", figures.orders), ("lines", figures.lines), ("units", _number(figures.units)), ("net_total", f"{figures.net_total:.2f}"),
        ("freight", f"{figures.freight:.2f}"), ("dispatched", figures.dispatched), ("open", figures.open),
        ("invoiced, freight included", f"{figures.invoiced:.2f}"), ("seconds", seconds),
    ]
    lines = [f"{name:28} {value}" for name, value in rows]
    lines += [f"compared by {by:16} {count} figures" for by, count in figures.compared.items()]
    lines += [f"DIFFERENT {difference}" for difference in figures.differences]
    lines.append("All figures equal the source to the cent." if not figures.differences else f"{len(figures.differences)} figures differ.")
    return "\n".join(lines)
