from datetime import date

from django.core.management.base import BaseCommand

from crm.quotes.services import expire_quotes


class Command(BaseCommand):
    """Marks sent quotes past their last day as expired; safe to repeat."""

    help = __doc__

    def add_arguments(self, parser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day to judge by (default: today)")

    def handle(self, *args, **options) -> None:
        self.stdout.write(f"{expire_quotes(on=options['on'])} quotes expired")
