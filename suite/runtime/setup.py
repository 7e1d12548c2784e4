"""`make setup`: the virtual environment with the locked packages, then the browser's libraries. A second run finds everything done.

Runs as a script on the machine's own Python, with nothing but the standard library, and says in one line what is missing.
Options: --runtime (what serving needs, without the tools of the tests); --only FILE (install one more locked file).
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "suite-installed.json"
OLDEST, NEWEST = (3, 11), (3, 13)
SETS = {"runtime": ["requirements.txt"], "dev": ["requirements.txt", "requirements-dev.txt"]}
APPS = ("suite", "crm", "erp", "scm", "integration")


def refusal(version):
    """Why this Python does not do, in one line; an empty string when it does."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return ""
    fix = "install one (Debian: apt install python3 python3-venv) and name it, as in PYTHON=python3.13 make run"
    return f"Python {version[0]}.{version[1]} does not do, the suite needs 3.11, 3.12 or 3.13: {fix}"


def main(arguments):
    """The steps in order; returns the exit status."""
    why_not = refusal(sys.version_info)
    if why_not:
        fitting = next(filter(None, (shutil.which(f"python3.{minor}") for minor in (13, 12, 11))), None)
        if fitting:
            os.execv(fitting, [fitting, __file__, *arguments])  # noqa: S606
        return why_not
    if arguments[:1] == ["--only"]:
        return install([arguments[1]])
    wanted = "runtime" if "--runtime" in arguments else "dev"
    done = json.loads(STAMP.read_text()) if STAMP.exists() else {}
    if not (PYTHON.exists() and done.get(wanted) == state_of(wanted)):
        why_not = make_environment() or install([str(ROOT / name) for name in SETS[wanted]])
        if why_not:
            return why_not
        subprocess.run([str(PYTHON), "-m", "compileall", "-q", *APPS], cwd=str(ROOT), check=False)
        done.update({name: state_of(name) for name in (("runtime", "dev") if wanted == "dev" else ("runtime",))})
        STAMP.write_text(json.dumps(done))
    extra = ["--runtime"] if wanted == "runtime" else []
    return subprocess.run([str(PYTHON), str(ROOT / "suite" / "runtime" / "browser_files.py"), *extra]).returncode


def state_of(wanted):
    """Changes when the locked files, or the Python they were installed for, do."""
    digest = hashlib.sha256(os.path.realpath(str(PYTHON)).encode())
    for name in SETS[wanted]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment():
    """Makes .venv unless a fitting one is there. Returns what is missing, in one line."""
    if PYTHON.exists():
        asked = subprocess.run([str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True)
        if asked.returncode == 0 and not refusal([int(part) for part in asked.stdout.split()]):
            return ""
        if VENV.is_symlink():
            return f"{VENV} points to an environment of another Python: remove the link, then run this again."
        shutil.rmtree(str(VENV))
    print(f"making .venv with Python {sys.version_info[0]}.{sys.version_info[1]}", flush=True)
    if uv():
        made = subprocess.run([uv(), "venv", "--quiet", "--python", sys.executable, str(VENV)], env=quiet_uv())
        return "" if made.returncode == 0 else "uv could not make .venv: see above."
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode == 0:
        return ""
    # Debian's python3 lacks ensurepip unless python3-venv is installed; a pip of the machine can fill an environment without one.
    shutil.rmtree(str(VENV), ignore_errors=True)
    if has_pip(sys.executable) and subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(VENV)]).returncode == 0:
        return ""
    return "Python's venv module is incomplete. Debian or Ubuntu: apt install python3-venv. Then run this again."


def install(files):
    """Installs locked files by uv where there is one, else by pip; both check every hash. Returns what went wrong, in one line."""
    named = [part for name in files for part in ("-r", name)]
    print("installing " + ", ".join(Path(name).name for name in files), flush=True)
    if uv():
        command = [uv(), "pip", "install", "--quiet", "--python", str(PYTHON), "--compile-bytecode", "--require-hashes", *named]
        done = subprocess.run(command, env=quiet_uv())
    else:
        inside = [str(PYTHON), "-m", "pip"] if has_pip(str(PYTHON)) else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
        options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "--compile"]
        done = subprocess.run([*inside, "install", *options, *named])
    return "" if done.returncode == 0 else "The packages could not be installed: see the message above, then run this again."


def has_pip(python):
    """Whether this interpreter has pip."""
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True).returncode == 0


def uv():
    """The program uv, if the machine or the environment has it."""
    inside = VENV / "bin" / "uv"
    return shutil.which("uv") or (str(inside) if inside.exists() else "")


def quiet_uv():
    """uv never fetches an interpreter of its own."""
    return dict(os.environ, UV_PYTHON_DOWNLOADS="never")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
