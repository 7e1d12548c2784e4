"""The suite as it serves people: gunicorn, a Celery worker and the sweeper on the database of the tests, as the application's role."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
from pathlib import Path

from django.db import connection

from suite.runtime import places, programs, templates
from suite.runtime.processes import spawn, stop, until
from suite.runtime.pytest_services import PLAN


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def _own_part(redis: str) -> str:
    """A numbered database of the broker for this house: its worker must not take the messages that other tests look for."""
    number = "".join(character for character in os.environ.get("PYTEST_XDIST_WORKER", "0") if character.isdigit())
    return f"{redis}?db={8 + int(number)}" if redis.startswith("unix://") else redis


class House:
    """Running processes and where they answer. Raises AssertionError with the log when they do not."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen] = {}

    def open(self) -> None:
        places.prepare(self.home)
        plan = json.loads(os.environ[PLAN])
        address = templates.with_database(plan["application"], connection.settings_dict["NAME"])
        environment = os.environ | {"DATABASE_URL": address, "DATA_DIR": str(self.home), "AXES_IN_TESTS": "1", "PYTHONWARNINGS": "ignore"}
        environment.pop("MIGRATE_DATABASE_URL", None)
        environment["REDIS_URL"] = _own_part(plan["redis"])
        commands = {
            "web": programs.web("127.0.0.1", self.port), "worker": [*programs.worker(), "--hostname", f"browser-{self.port}@tests"],
            "sweeper": programs.manage("sweep"),
        }
        for name, command in commands.items():
            log = (self.home / f"{name}.log").open("w")
            self.processes[name] = spawn(command, cwd=places.ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        assert until(self.answers, 60, 0.1), self.said("web")

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            web.request("GET", "/healthz")
            return web.getresponse().status == 200
        return False

    def said(self, name: str) -> str:
        """The end of a process's log."""
        return (self.home / f"{name}.log").read_text()[-3000:]

    def close(self) -> None:
        for process in self.processes.values():
            stop(process, signal.SIGTERM, 2)
        self.processes.clear()
