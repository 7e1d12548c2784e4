"""manage.py load_demo: the demo company, two years of trade through the real services."""

import time

from django.core.management.base import BaseCommand, CommandError

from integration.outbox.inline import DeliveryFailed
from integration.profiles.demo.loading import OtherDemo, load_demo
from suite.kernel.documents.errors import BusinessError


class Command(BaseCommand):
    help = "Makes the demo company. Run again, it goes on where it was stopped; when it is complete it does nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--orders", type=int, default=1000, help="how many orders (1000)")
        parser.add_argument("--seed", type=int, default=7, help="another number makes another story (7)")

    def handle(self, *args, orders: int, seed: int, **options) -> None:
        started = time.monotonic()
        try:
            is_new = load_demo(orders=orders, seed=seed, say=self._say)
        except OtherDemo as error:
            raise CommandError(str(error)) from error
        except (DeliveryFailed, BusinessError) as error:
            raise CommandError(f"{error} What came before is kept; run this again to go on.") from error
        if not is_new:
            self._say("The demo company is there and complete; nothing was done.")
            return
        self._say(f"The demo company is complete after {time.monotonic() - started:.0f} s. Logins: manage.py demo_logins")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
