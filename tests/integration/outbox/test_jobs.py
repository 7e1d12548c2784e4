"""A periodic job runs once per period, whoever ticks."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from integration.outbox import jobs
from integration.outbox.jobs import job, period_start, run_due_jobs
from integration.outbox.models import JobRun

NOON = datetime(2026, 6, 15, 12, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def own_jobs(db):
    kept = dict(jobs._jobs)
    jobs._jobs.clear()
    yield
    jobs._jobs.clear()
    jobs._jobs.update(kept)


def test_periods_count_from_the_epoch():
    assert period_start(MINUTE, NOON) == datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
    assert period_start(timedelta(days=1), NOON) == datetime(2026, 6, 15, tzinfo=UTC)


def test_a_job_runs_once_in_a_period_and_again_in_the_next():
    runs = []
    job("test.job", every=MINUTE, label="Test")(lambda: runs.append(1) or "well")
    assert [run_due_jobs(NOON), run_due_jobs(NOON + timedelta(seconds=20)), run_due_jobs(NOON + MINUTE)] == [["test.job"], [], ["test.job"]]
    assert len(runs) == 2
    assert list(JobRun.objects.order_by("period_start").values_list("result", flat=True)) == ["well", "well"]
    assert not JobRun.objects.filter(finished_at=None).exists()


def test_a_job_that_fails_says_so_and_the_others_run():
    ran = []

    def fails() -> str:
        raise ValueError("no disk")

    job("test.fails", every=MINUTE, label="Fails")(fails)
    job("test.runs", every=MINUTE, label="Runs")(lambda: ran.append(1) or "")
    assert run_due_jobs(NOON) == ["test.fails", "test.runs"]
    assert JobRun.objects.get(job="test.fails").result == "failed: ValueError: no disk"
    assert len(ran) == 1


def test_a_run_that_died_with_its_process_is_taken_over_after_a_quarter_of_an_hour():
    ran = []
    job("test.job", every=timedelta(days=1), label="Test")(lambda: ran.append(1) or "")
    run_due_jobs(NOON)
    JobRun.objects.update(finished_at=None)
    assert run_due_jobs(NOON) == []
    JobRun.objects.update(started_at=datetime.now(UTC) - timedelta(minutes=16))
    assert run_due_jobs(NOON) == ["test.job"]
    assert len(ran) == 2


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_run_each_job_once(race):
    lock, ran = threading.Lock(), []
    for name in ("test.a", "test.b", "test.c"):
        def run(name: str = name) -> str:
            with lock:
                ran.append(name)
            return ""

        job(name, every=MINUTE, label=name)(run)
    outcomes = race(lambda: run_due_jobs(NOON), times=6)
    assert sorted(ran) == ["test.a", "test.b", "test.c"]
    assert sorted(name for outcome in outcomes for name in outcome.value) == ["test.a", "test.b", "test.c"]
