"""What `make setup` says and does on machines that differ."""

import json
import re
from pathlib import Path

import pytest

from suite.runtime import browser_files, setup
from suite.runtime.places import ROOT


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13)])
def test_these_pythons_do(version):
    assert setup.refusal(version) == ""


@pytest.mark.parametrize("version", [(3, 10), (3, 14)])
def test_another_python_is_refused_in_one_line_that_names_the_fix(version):
    why_not = setup.refusal(version)

    assert f"{version[0]}.{version[1]}" in why_not
    assert "PYTHON=python3.13 make run" in why_not
    assert "\n" not in why_not


def test_a_python_without_venv_names_the_package_to_install(monkeypatch, tmp_path):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(setup, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(setup, "PYTHON", tmp_path / ".venv/bin/python")
    monkeypatch.setattr(setup, "uv", lambda: "")
    monkeypatch.setattr(setup.sys, "executable", str(broken))

    assert "apt install python3-venv" in setup.make_environment()


def test_a_changed_lock_is_installed_again(monkeypatch, tmp_path):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("one")
    before = setup.state_of("runtime")

    (tmp_path / "requirements.txt").write_text("two")

    assert setup.state_of("runtime") != before


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json"])
def test_locks_name_no_download_address_and_no_place_of_a_machine(name):
    text = (ROOT / name).read_text()

    assert '"resolved"' not in text
    assert set(re.findall(r"^\s*(--?[a-z][a-z-]*)", text, re.MULTILINE)) <= {"--hash"}  # no option but a hash: none names an index
    assert "file:" not in text and str(Path.home()) not in text


def test_browser_files_are_copied_with_their_licences(tmp_path, monkeypatch):
    package = tmp_path / "packages" / "@some" / "thing"
    (package / "dist").mkdir(parents=True)
    (package / "dist" / "thing.min.js").write_text("code")
    (package / "package.json").write_text(json.dumps({"name": "@some/thing", "version": "1.2.3", "license": "MIT"}))
    (package / "LICENSE").write_text("May be used.")
    monkeypatch.setattr(browser_files, "ROOT", tmp_path)
    wanted = {"thing": {"package": "@some/thing", "files": {"dist/thing.min.js": "thing.js"}}}

    browser_files.copy(wanted, tmp_path / "packages", tmp_path / "static" / "vendor")

    assert (tmp_path / "static/vendor/thing/thing.js").read_text() == "code"
    notice = (tmp_path / "static/vendor/THIRD_PARTY.txt").read_text()
    assert "thing/  @some/thing 1.2.3, MIT" in notice
    assert "May be used." in notice
