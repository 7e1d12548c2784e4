"""`make run`: services, migrations, then web, worker, beat and sweeper in one foreground process, until Ctrl-C or SIGTERM.

PORT (8000), HOST (127.0.0.1) and DATA_DIR (var/) come from the environment; DATABASE_URL and REDIS_URL name servers of your own.
Whatever happens to this process, nothing it started outlives it (processes.py, keeper.py).
"""

import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from suite.runtime import heartbeat, places, services
from suite.runtime.children import Child
from suite.runtime.processes import kill_group
from suite.runtime.programs import has_command, manage, programs

WEB_FIRST = 15.0  # seconds that web has for its first answer before the others start in any case
FIRST_PROGRESS = 2  # lines of load_demo: by then its people are there
LOGINS = "Sign in as sales, finance, logistics or manager."


class Supervisor:
    """Starts everything in order, watches it, stops it in the opposite order."""

    def __init__(self) -> None:
        self.host, self.port = os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))
        self.data = places.data_dir()
        self.logs = self.data / "logs"
        self.watch = heartbeat.WorkerWatch(self.data / "run")
        self.services: services.Services | None = None
        self.keeper: subprocess.Popen | None = None
        self.children: list[Child] = []
        self.signals = 0
        self.failed = False
        self.announced = False
        self.ask_again = 0.0
        self.logins_shown = False
        self.born = time.monotonic()

    def run(self) -> int:
        """Runs until told to stop. Returns the exit status: 0 when stopped by a signal."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self._refuse_taken_port()
            environment = self._start_services()
            if self._once("migrate", environment | {"DATABASE_URL": environment["MIGRATE_DATABASE_URL"]}):
                self._start_children(environment)
                while not self._over():
                    self._watch()
                    time.sleep(0.1)
        finally:
            self._stop()
        return 1 if self.failed else 0

    def _on_signal(self, *_) -> None:
        self.signals += 1
        if self.signals > 1:
            for child in self.children:
                if child.process is not None:
                    kill_group(child.process.pid)

    def _over(self) -> bool:
        return self.failed or self.signals > 0

    def say(self, text: str) -> None:
        """One line of the supervisor's own."""
        print(f"{'suite':8}| {text}", flush=True)

    def _refuse_taken_port(self) -> None:
        with socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind((self.host, self.port))
            except OSError as error:
                why = f"{self.host}:{self.port} cannot be used ({error.strerror}): choose another, as in PORT=8001 make run"
                raise SystemExit(why) from None

    def _start_services(self) -> dict[str, str]:
        named = services.external()
        wanted = tuple(server for server, name in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL")) if name not in named)
        self.services = services.start(self.data, kind="make run", wanted=wanted)
        self._start_keeper()
        addresses = self.services.environment | named
        if addresses["MIGRATE_DATABASE_URL"] == addresses["DATABASE_URL"]:
            self.say("One database role owns and serves. Better two: set MIGRATE_DATABASE_URL too (suite/runtime/sql/roles.sql).")
        self.say(f"services up in {time.monotonic() - self.born:.1f} s, data in {self.data}")
        return os.environ | addresses | places.environment(self.data) | {"PYTHONUNBUFFERED": "1"}

    def _start_keeper(self) -> None:
        script = Path(__file__).with_name("keeper.py")
        self.keeper = subprocess.Popen(
            [sys.executable, "-S", "-E", script], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
        )
        for name, server in self.services.servers.items():
            self._note("+", name, server.pid)
        for child in self.children:
            if child.process is not None:
                self._note("+", child.name, child.process.pid)

    def _note(self, sign: str, name: str, group: int) -> None:
        if self.keeper is not None and self.keeper.poll() is None:
            self.keeper.stdin.write(f"{sign} {name} {group}\n")
            self.keeper.stdin.flush()

    def _launch(self, child: Child) -> None:
        child.start()
        self._note("+", child.name, child.process.pid)

    def _once(self, command: str, environment: dict[str, str]) -> bool:
        """Runs a command of manage.py to its end, unless a signal comes first. True when it went well."""
        child = Child(command, manage(command, "--no-input", "--verbosity", "1"), environment, self.logs, once=True)
        self.children.append(child)
        self._launch(child)
        group, status = child.process.pid, None
        while status is None and not self.signals:
            status = child.ended()
            time.sleep(0.05)
        child.stop()
        self._note("-", child.name, group)
        self.children.remove(child)
        self.failed = status not in (0, None)
        return status == 0

    def _start_children(self, environment: dict[str, str]) -> None:
        self.say(f"migrated after {time.monotonic() - self.born:.1f} s")
        serving = {name: value for name, value in environment.items() if name != "MIGRATE_DATABASE_URL"}
        self.children = programs(self.host, self.port, self.data, serving)
        self.loaded = self.data / f"demo-{hashlib.sha256(environment['DATABASE_URL'].encode()).hexdigest()[:8]}"
        wanted = os.environ.get("DEMO", "1" if "postgres" in self.services.servers else "0") == "1"
        if wanted and has_command("load_demo") and not self.loaded.exists():
            # A bulk load may take longer than the role's timeouts allow a request.
            bulk = serving | {"PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0"}
            self.children.append(Child("demo", manage("load_demo"), bulk, self.logs, once=True))
        # On two cores the others would only keep the first page waiting.
        self._launch(self.children[0])
        for child in self.children[1:]:
            child.due = time.time() + WEB_FIRST

    def _watch(self) -> None:
        for child in list(self.children):
            group = child.process.pid if child.process is not None else 0
            status = child.ended()
            if status is not None:
                self._note("-", child.name, group)
                self._after(child, status)
            elif child.due is not None and time.time() > child.due:
                self._launch(child)
            elif child.name == "worker" and child.process is not None and self.watch.is_stuck(child.started):
                self.say(f"the worker has been silent for {heartbeat.SILENCE:.0f} s while deliveries are overdue: restarting it")
                kill_group(child.process.pid)
            elif child.name == "demo" and child.lines >= FIRST_PROGRESS and self.announced:
                self._show_logins()
        for name, server in self.services.servers.items():
            if server.poll() is not None:
                self.say(f"{name} ended ({server.returncode}): stopping. See {self.logs / f'{name}.log'}")
                self.failed = True
        if self.keeper.poll() is not None:
            self._start_keeper()
        if not self.announced and time.monotonic() > self.ask_again:
            self.ask_again = time.monotonic() + 0.5
            if self._answers():
                self._announce()

    def _after(self, child: Child, status: int) -> None:
        if not child.once:
            self.say(f"{child.name} ended ({status}), starting it again in {child.restart_later():.1f} s")
            return
        self.children.remove(child)
        if child.name == "demo" and status == 0:
            self.loaded.touch()
            self.say(f"the demo company is complete after {time.monotonic() - self.born:.0f} s")
            self._show_logins()
        elif status:
            self.say(f"{child.name} failed ({status}): see {self.logs / f'{child.name}.log'}")

    def _answers(self) -> bool:
        """Whether the web server answers (looked at only until it does for the first time)."""
        web = http.client.HTTPConnection("127.0.0.1" if self.host == "0.0.0.0" else self.host, self.port, timeout=1)  # noqa: S104
        try:
            web.request("GET", "/healthz")
            return web.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            web.close()

    def _announce(self) -> None:
        self.announced = True
        for child in self.children:
            if child.due is not None:
                child.due = 0.0
        self.say(f"ready after {time.monotonic() - self.born:.1f} s: http://{self.host}:{self.port}/   (Ctrl-C stops)")
        if any(child.name == "demo" for child in self.children):
            self.say("the demo company is being loaded; pages already answer and fill up while you look")
        else:
            self._show_logins()

    def _show_logins(self) -> None:
        """Once: as soon as the demo company's people exist, long before its two years of business do."""
        if self.logins_shown:
            return
        self.logins_shown = True
        if not has_command("demo_logins"):
            self.say(LOGINS)
            return
        environment = self.children[0].environment
        child = Child("logins", manage("demo_logins"), environment, self.logs, once=True, prefixed=False)
        self.children.append(child)
        self._launch(child)

    def _stop(self) -> None:
        began = time.monotonic()
        order = ("logins", "demo", "migrate", "beat", "sweeper", "worker", "web")
        for child in sorted(self.children, key=lambda child: order.index(child.name)):
            status = child.stop()
            if status is not None:
                self.say(f"{child.name} stopped ({status})")
        if self.services is not None:
            self.services.stop()
        if self.keeper is not None:
            self._forget_all()
            self.say(f"all stopped in {time.monotonic() - began:.1f} s")

    def _forget_all(self) -> None:
        """Everything is gone: the keeper has nothing to do but to end."""
        kill_group(self.keeper.pid)
        self.keeper.wait()


if __name__ == "__main__":
    sys.exit(Supervisor().run())
