"""DATA_DIR: where the embedded services and the processes keep what they must not lose.

`postgres/` the cluster, `valkey/` its append-only file, `run/` sockets and state, `logs/`, `media/`, `secret_key`.
"""

import hashlib
import os
import tempfile
from pathlib import Path

from suite.runtime import binaries

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET_DIRECTORY = 107 - len("/.s.PGSQL.5432.lock") - 1


def data_dir() -> Path:
    """DATA_DIR of the environment; else `var/` in the clone, or below /var/lib/suite where root's services could not enter that."""
    named = os.environ.get("DATA_DIR")
    if named:
        place = Path(named).absolute()
        if not binaries.may_enter(place):
            raise SystemExit(
                f"DATA_DIR={place}: PostgreSQL runs as `nobody` when started by root and cannot enter this directory. "
                "Choose one outside closed home directories, or start as an ordinary user."
            )
        return place
    place = ROOT / "var"
    if binaries.may_enter(place):
        return place
    return Path("/var/lib/suite") / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]


def prepare(data: Path) -> None:
    """Makes DATA_DIR with its folders; the outer one may be walked through (not listed) when root serves as `nobody`."""
    for place in (data, data / "logs", data / "media", data / "static"):
        place.mkdir(parents=True, exist_ok=True)
    data.chmod(0o711 if binaries.account() else 0o700)
    (data / "media").chmod(0o700)
    (data / "logs").chmod(0o700)


def environment(data: Path) -> dict[str, str]:
    """What tells the settings of a process where its files are; what the environment names already stays."""
    return {"DATA_DIR": str(data), "STATIC_ROOT": os.environ.get("STATIC_ROOT", str(data / "static"))}


def sockets_of(data: Path) -> Path:
    """The directory of the sockets: `run/`, or a short one in the temporary directory where the path of a socket would be too long."""
    place = data / "run"
    binaries.give(place)
    if len(str(place)) <= LONGEST_SOCKET_DIRECTORY:
        return place
    short = Path(tempfile.mkdtemp(prefix="suite-s-"))
    binaries.give(short)
    return short
