"""manage.py load_chart FILE: checks a chart of accounts, and brings it into a company's books."""

import json as jsonlib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from erp.charts.rules import read_chart
from erp.charts.services import load_chart
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError
from suite.kernel.users.service_user import service_user


class Command(BaseCommand):
    help = (
        "Reads a chart of accounts from a CSV file: codes, names, tree, types and roles. With --company its accounts are opened in the books of "
        "that company (twice changes nothing); without, the file is only checked. Exit code 1 when the chart is refused, with row and column."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--company", default="", help="code of the company whose books take the accounts; without: only checked")
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args, file: Path, company: str, json: bool, **options) -> None:
        if not file.is_file():
            raise CommandError(f"There is no file {file}; nothing was loaded.")
        owner = Company.objects.filter(code=company).first() if company else None
        if company and owner is None:
            raise CommandError(f"There is no company {company}; nothing was loaded.")
        try:
            if owner is None:
                chart, outcome = read_chart(file.read_bytes()), {}
            else:
                loaded = load_chart(company=owner, content=file.read_bytes(), actor=service_user(on_behalf_of=None, company_id=owner.pk))
                chart, outcome = loaded.chart, {"added": loaded.added, "known": loaded.known, "roles_given": loaded.roles}
        except BusinessError as error:
            raise CommandError(f"{file.name}: {error.message} {error.hint}".strip()) from error
        figures = {"file": file.name, **chart.figures, **outcome}
        self.stdout.write(jsonlib.dumps(figures, indent=2, ensure_ascii=False) if json else "\n".join(
            [*(f"{name}: {value}" for name, value in figures.items()), *chart.notes]))
