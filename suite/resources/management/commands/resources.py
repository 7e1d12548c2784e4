"""Prints what was generated from the declarations."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from suite.kernel.documents.transitions import transitions_of
from suite.resources.panels import panels_of
from suite.resources.registry import resources
from suite.resources.reporting import reports


class Command(BaseCommand):
    help = "Lists every resource with its address, pages, endpoints and actions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = [{
            "model": resource.key(), "pages": resource.list_url(), "api": f"/api/v1/{resource.app()}/{resource.slug()}/",
            "edited": resource.is_editable(), "imported_by": resource.import_key, "transitions": list(transitions_of(resource.model)),
            "printouts": [slug for slug, _label, _path in resource.printouts], "panels": [panel.__name__ for panel in panels_of(resource.model)],
        } for resource in sorted(resources(), key=lambda item: item.key())]
        pages = [{"report": str(report.title), "page": f"/{report.app}/reports/{report.slug}/"} for report in reports()]
        if options["json"]:
            self.stdout.write(json.dumps({"resources": rows, "reports": pages}, indent=1))
            return
        for row in rows:
            marks = [name for name, on in (("edit", row["edited"]), (f"import by {row['imported_by']}", row["imported_by"])) if on]
            marks += [f"actions: {', '.join(row['transitions'])}"] if row["transitions"] else []
            self.stdout.write(f"{row['model']:<32} {row['pages']:<36} {row['api']:<44} {'; '.join(marks)}")
        for page in pages:
            self.stdout.write(f"{'report':<32} {page['page']:<36} {page['report']}")
