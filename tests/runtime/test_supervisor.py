"""`make run` as a story: start, a worker dies, the supervisor is killed, the next start, a proper stop."""

import os
import signal
import socket
import subprocess
import sys
from types import SimpleNamespace

import psycopg2
import pytest

from suite.runtime.places import ROOT
from tests.runtime.conftest import RunningSuite, free_port, left_alive

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def story(scratch):
    """What happened in two lives of one suite on the same DATA_DIR."""
    data, port = scratch / "data", free_port()
    seen = SimpleNamespace()
    address = f"postgres:///suite?host={data}/run&user=suite_app"
    first = RunningSuite(data, port)
    try:
        first.wait_for(lambda: len(first.named("celery")) >= 4, 90)

        worker, *pool = first.named(" suite worker ")
        pool_of_the_dead = [process for process in pool if process.ppid() == worker.pid]
        worker.send_signal(signal.SIGKILL)
        first.wait_for(lambda: any(process.pid != worker.pid and process not in pool for process in first.named(" suite worker ")), 90)
        seen.pool_of_the_dead = pool_of_the_dead
        seen.pool_left = left_alive(pool_of_the_dead, 5)

        with psycopg2.connect(address) as connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO auth_group (name) VALUES ('kept over a crash')")
        connection.close()
        # The hardest case: those who would tell their own children die in the same moment.
        hardest = [first.named("gunicorn")[0], first.named(" suite worker ")[0]]
    except BaseException:
        first.end()
        raise
    seen.all_before = first.everything()
    for process in hardest:
        process.kill()
    first.end(signal.SIGKILL)
    seen.left_after_kill = left_alive(seen.all_before, 25)

    second = RunningSuite(data, port)
    seen.seconds_of_second_start = second.seconds_to_answer
    seen.load = os.getloadavg()[0] / os.cpu_count()
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_group WHERE name = 'kept over a crash'")
        seen.rows = cursor.fetchone()[0]
    connection.close()
    second.wait_for(lambda: len(second.named("celery")) >= 4, 90)
    children = second.everything()
    seen.status = second.end(signal.SIGTERM)
    seen.left_after_stop = left_alive(children, 2)
    seen.said = second.said()
    return seen


def test_a_worker_that_dies_is_started_again_and_leaves_no_children(story):
    assert len(story.pool_of_the_dead) == 2
    assert story.pool_left == []


def test_a_killed_supervisor_leaves_no_process_behind(story):
    assert len(story.all_before) >= 12
    assert story.left_after_kill == []


def test_the_next_start_keeps_the_data_and_answers_within_ten_seconds(story):
    assert story.rows == 1
    # ten seconds of a machine that does nothing else
    assert story.seconds_of_second_start < 10 * max(1, story.load)


def test_sigterm_stops_everything_in_order(story):
    assert story.status == 0
    assert story.left_after_stop == []
    order = [line.split()[2] for line in story.said.splitlines() if " stopped (" in line]
    assert [name for name in order if name != "logins"] == ["beat", "sweeper", "worker", "web"]


def test_a_taken_port_is_told_in_one_line(scratch):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        done = subprocess.run(
            [sys.executable, "-m", "suite.runtime.supervisor"],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "PORT": str(door.getsockname()[1]), "DATA_DIR": str(scratch / "taken")},
            capture_output=True,
            text=True,
        )

    assert done.returncode == 1
    assert "PORT=8001 make run" in done.stderr
    assert len(done.stderr.splitlines()) == 1
