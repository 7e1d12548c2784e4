"""A suite of its own: `make run` on a scratch DATA_DIR and a free port."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from suite.runtime.places import ROOT

SET_BY_THE_TEST_RUN = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "REDIS_URL", "STATIC_ROOT", "SUITE_TESTING", "DEMO")


class RunningSuite:
    """One life of the supervisor: what it printed, how long it took to answer, what it started."""

    def __init__(self, data: Path, port: int, **environment: str) -> None:
        self.data, self.port = data, port
        self.output = data.parent / f"output-{time.monotonic_ns()}"
        kept = {name: value for name, value in os.environ.items() if name not in SET_BY_THE_TEST_RUN}
        began = time.monotonic()
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "suite.runtime.supervisor"],
                cwd=ROOT,
                env=kept | {"DATA_DIR": str(data), "PORT": str(port), "DEMO": "0"} | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.wait_for(self.answers, 180)
        self.seconds_to_answer = time.monotonic() - began

    def said(self) -> str:
        return self.output.read_text()

    def wait_for(self, condition, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.said()[-3000:]
            assert self.process.poll() is None, self.said()[-3000:]
            time.sleep(0.1)

    def answers(self) -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):
            web = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            web.request("GET", "/healthz")
            return web.getresponse().status < 500
        return False

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def named(self, word: str) -> list[psutil.Process]:
        """Those whose command line contains `word`, oldest first."""
        found = []
        for process in self.everything():
            with contextlib.suppress(psutil.NoSuchProcess):  # a zombie is one too
                if word in " ".join(process.cmdline()):
                    found.append((process.create_time(), process.pid, process))
        return [process for *_, process in sorted(found, key=lambda entry: entry[:2])]

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


def left_alive(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those of `processes` that still run after at most `seconds` (one that is dead but unreaped counts as gone)."""
    end = time.monotonic() + seconds
    while True:
        alive = []
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    alive.append(process)
        if not alive or time.monotonic() > end:
            return alive
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A directory that the servers' account may enter even when root tests."""
    place = Path(tempfile.mkdtemp(prefix="suite-r-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place, ignore_errors=True)
