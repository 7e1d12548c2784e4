"""manage.py sweep: the outbox sweeper and the roll-up of balances, until told to stop."""

import logging
import os
import signal
import threading
import time

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from erp.ledger.services import roll_up_balances
from integration.outbox.sweep import Sweeper

log = logging.getLogger("suite.outbox")


class Command(BaseCommand):
    help = "Hands out due deliveries every half second and rolls up account balances every second."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="one pass, then stop")

    def handle(self, *args, once: bool, **options) -> None:
        stop = threading.Event()
        if not once:
            for name in (signal.SIGINT, signal.SIGTERM):
                signal.signal(name, lambda *_: stop.set())
        sweeper = Sweeper(in_process=os.environ.get("SWEEPER_MODE") == "inproc")
        rolled_at = 0.0
        while not stop.is_set():
            try:
                sweeper.sweep()
                if time.monotonic() - rolled_at >= 1.0:
                    roll_up_balances()
                    rolled_at = time.monotonic()
            except (DatabaseError, InterfaceError) as error:
                log.warning("PostgreSQL is not reachable; trying again.", extra={"error": repr(error)[:200]})
                connection.close()
            if once:
                return
            stop.wait(0.5)
