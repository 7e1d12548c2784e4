"""When the supervisor takes a worker for stuck."""

import os
import time

import pytest

from suite.runtime import heartbeat


@pytest.fixture
def clock(monkeypatch, tmp_path):
    """The files of the signs of life under a clock that the test moves."""

    class Clock:
        now = time.time()
        watch = heartbeat.WorkerWatch(tmp_path)
        started = now

        def pass_(self, seconds: float, *signs: str) -> bool:
            """Lets time pass, ten seconds at a time, with these signs given all along; says whether the worker is stuck at the end."""
            stuck = False
            for _ in range(int(seconds // 10)):
                Clock.now += 10
                for sign in signs:
                    place = heartbeat.files(tmp_path)[sign]
                    open(place, "a").close()
                    os.utime(place, (Clock.now, Clock.now))
                stuck = self.watch.is_stuck(self.started)
            return stuck

    monkeypatch.setattr(heartbeat.time, "time", lambda: Clock.now)
    return Clock()


def test_silence_without_work_is_no_fault(clock):
    assert not clock.pass_(600)


def test_silence_while_work_waits_is_one_after_a_minute(clock):
    assert not clock.pass_(60, "DELIVERIES_OVERDUE_FILE")
    assert clock.pass_(20, "DELIVERIES_OVERDUE_FILE")


def test_first_work_after_a_quiet_night_is_no_reason(clock):
    clock.pass_(30_000)

    assert not clock.pass_(30, "DELIVERIES_OVERDUE_FILE")


def test_a_worker_that_is_merely_behind_is_left_alone(clock):
    assert not clock.pass_(600, "DELIVERIES_OVERDUE_FILE", "WORKER_HEARTBEAT_FILE")
