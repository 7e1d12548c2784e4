"""Which servers a command of manage.py talks to."""

import os
import subprocess
import sys

import pytest

from suite.runtime import discovery, places, services
from suite.runtime.places import ROOT

APPLICATION, OWNER, BROKER = "postgres://app@db/suite", "postgres://owner@db/suite", "redis://broker/0"


@pytest.fixture
def named(monkeypatch):
    """An environment that names servers of the user's; what a command changes in it is undone."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    os.environ.update(DATABASE_URL=APPLICATION, MIGRATE_DATABASE_URL=OWNER, REDIS_URL=BROKER)


@pytest.mark.parametrize("command", ["shell", "sweep", "load_demo", "doctor"])
def test_most_commands_use_the_applications_role(named, command):
    with discovery.services_for(["manage.py", command]):
        assert os.environ["DATABASE_URL"] == APPLICATION


@pytest.mark.parametrize("command", ["migrate", "makemigrations", "sqlmigrate", "flush", "test"])
def test_commands_on_the_schema_use_the_owner(named, command):
    with discovery.services_for(["manage.py", command]):
        assert os.environ["DATABASE_URL"] == OWNER


def test_with_one_role_that_role_does_both(named):
    del os.environ["MIGRATE_DATABASE_URL"]

    with discovery.services_for(["manage.py", "migrate"]):
        assert os.environ["DATABASE_URL"] == APPLICATION


@pytest.mark.parametrize("argv", [["manage.py"], ["manage.py", "help"], ["manage.py", "migrate", "--help"], ["manage.py", "check"]])
def test_some_commands_need_no_server(monkeypatch, argv):
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
    monkeypatch.setattr(services, "start", lambda *_, **__: pytest.fail("started servers"))

    with discovery.services_for(argv):
        pass


def test_a_command_starts_servers_for_itself_and_a_second_joins_them(scratch, monkeypatch):
    data = scratch / "discovery"
    monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"], "DATA_DIR": str(data)})
    joined = "from suite.runtime import services, places; print(services.running(places.data_dir())['DATABASE_URL'])"

    with discovery.services_for(["manage.py", "shell"]):
        address = os.environ["DATABASE_URL"]
        told = subprocess.run([sys.executable, "-c", joined], cwd=ROOT, env=os.environ, capture_output=True, text=True)
        assert services.holder(data) == f"process {os.getpid()} (manage.py shell)"

    assert told.stdout.strip() == address == f"postgres:///suite?host={data}/run&user=suite_app"
    assert services.running(data) is None


def test_a_data_directory_in_use_is_told_in_one_line(scratch):
    data = scratch / "in-use"
    first = services.start(data, kind="make run", wanted=())
    try:
        with pytest.raises(SystemExit) as refused:
            services.start(data, wanted=(), patience=0.2)
    finally:
        first.stop()

    assert str(refused.value) == f"{data} is in use by process {os.getpid()} (make run): stop that first, or set DATA_DIR to another directory."


def test_a_long_data_directory_still_gets_short_sockets(scratch):
    deep = scratch / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)

    sockets = places.sockets_of(deep)

    assert len(str(sockets)) <= places.LONGEST_SOCKET_DIRECTORY
    assert sockets.stat().st_mode & 0o777 == 0o700
    sockets.rmdir()
