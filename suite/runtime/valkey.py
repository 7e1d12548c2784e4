"""The embedded Valkey: broker and cache on a private unix socket. What it holds may be lost at any time; PostgreSQL knows the truth."""

import signal
import socket
import subprocess
from pathlib import Path

from suite.runtime import binaries
from suite.runtime.processes import spawn, stop, until


def url(sockets: Path) -> str:
    """The address for redis-py; Celery's spelling is made from it in suite/celery.py."""
    return f"unix://{sockets / 'valkey.sock'}"


def start(data: Path, sockets: Path, log: Path, *, durable: bool, keep_open: tuple[int, ...] = ()) -> subprocess.Popen:
    """Starts the server and returns when it answers PING."""
    binaries.give(data)
    place = sockets / "valkey.sock"
    place.unlink(missing_ok=True)
    keep = ("--appendonly", "yes", "--appendfsync", "everysec") if durable else ("--appendonly", "no")
    with log.open("a") as output:
        server = spawn(
            [binaries.valkey_server(), "--port", "0", "--unixsocket", place, "--unixsocketperm", "700", "--dir", data, "--save", "",
             "--maxmemory-policy", "noeviction", "--loglevel", "warning", *keep],
            death_signal=signal.SIGTERM, cwd=data, stdout=output, stderr=subprocess.STDOUT, pass_fds=keep_open, **binaries.account(),
        )  # fmt: skip
    if not until(lambda: server.poll() is not None or answers(place), 30) or server.poll() is not None:
        stop(server, signal.SIGTERM, 5)
        raise SystemExit(f"Valkey did not start; the end of {log}:\n" + "\n".join(log.read_text().splitlines()[-8:]))
    return server


def answers(place: Path) -> bool:
    """Whether a server listens on the socket and has loaded its data."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(2)
        try:
            door.connect(str(place))
            door.sendall(b"PING\r\n")
            return door.recv(16).startswith(b"+PONG")
        except OSError:
            return False
