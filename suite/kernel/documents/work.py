"""The unit of work: one transaction with its actor, trace and closing steps, for page, API, admin, command and handler alike."""

import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import OperationalError, connection, transaction

from suite.kernel.documents.statements import WRITES
from suite.kernel.users.service_user import recorded_id

RETRIED = {"40001", "40P01", "55P03"}

_work: ContextVar["Work | None"] = ContextVar("work", default=None)
_trace: ContextVar[str] = ContextVar("trace", default="")


@dataclass
class Work:
    """What one transaction knows of itself."""

    actor_id: int | None
    previewing: bool = False
    announced: bool = False
    # Many documents are at it together: what each would write on its own may wait for the seal, to be written in one statement.
    gathers: bool = False
    closing: dict[str, tuple[Callable[[list], None], list]] = field(default_factory=dict)
    effects: list[Any] = field(default_factory=list)
    follow_ups: list[int] = field(default_factory=list)
    to_wake: list[int] = field(default_factory=list)

    def at_seal(self, name: str, step: Callable[[list], None], item: Any) -> None:
        """Keep `item` for a closing step that runs once, with all items, as the last statements before commit."""
        self.closing.setdefault(name, (step, []))[1].append(item)

    def seal(self) -> None:
        for name in sorted(self.closing):
            step, items = self.closing[name]
            step(items)
        self.closing.clear()

    def announce(self, execute, sql, params, many, context):
        """Tell the audit triggers who writes, in the same round trip as the first write."""
        if self.announced or many or not WRITES.match(sql):
            return execute(sql, params, many, context)
        self.announced = True
        actor = "" if self.actor_id is None else str(int(self.actor_id))
        trace = re.sub(r"[^0-9a-f-]", "", _trace.get())
        prefix = f"SELECT set_config('suite.actor', '{actor}', true), set_config('suite.trace', '{trace}', true); "
        return execute(prefix + sql, params, many, context)


def current_work() -> Work:
    """The unit of work in progress. Raises RuntimeError outside one: writes need an actor and a transaction."""
    work = _work.get()
    if work is None:
        raise RuntimeError("No unit of work is open: write through a service or a transition.")
    return work


def is_working() -> bool:
    return _work.get() is not None


def current_trace() -> str:
    """The W3C trace parent of the request or event being served."""
    return _trace.get()


@contextmanager
def tracing(trace_parent: str) -> Iterator[None]:
    token = _trace.set(trace_parent)
    try:
        yield
    finally:
        _trace.reset(token)


@contextmanager
def unit_of_work(actor, *, previewing: bool = False) -> Iterator[Work]:
    """Join the unit of work that is open, or open one: transaction, audit context, and at its end the seal."""
    outer = _work.get()
    if outer is not None:
        yield outer
        return
    work = Work(recorded_id(actor) if actor is not None else None, previewing=previewing)
    token = _work.set(work)
    try:
        with transaction.atomic(), connection.execute_wrapper(work.announce):
            yield work
            if not previewing:
                work.seal()
    finally:
        _work.reset(token)


def attempt(act: Callable[[], Any]) -> Any:
    """Runs `act` so that its failure undoes it alone, in the unit of work that is open; outside one, what `act` opens is undone anyway."""
    work = _work.get()
    if work is None:
        return act()
    closing = {name: (step, list(items)) for name, (step, items) in work.closing.items()}
    kept_lists = [(kept, len(kept)) for kept in (work.effects, work.follow_ups, work.to_wake)]
    try:
        with transaction.atomic():
            return act()
    except BaseException:
        work.closing = closing
        for kept, length in kept_lists:
            del kept[length:]
        raise


@contextmanager
def after_commit() -> Iterator[None]:
    """For steps that run when a unit of work has committed: what they write opens its own."""
    token = _work.set(None)
    try:
        yield
    finally:
        _work.reset(token)


def in_unit_of_work(act: Callable[[], Any], *, actor) -> Any:
    """Run `act` in a unit of work. The outermost one repeats after a deadlock, lock timeout or serialisation failure, three times."""
    for attempt in range(4):
        outermost = not is_working() and not connection.in_atomic_block
        try:
            with unit_of_work(actor):
                return act()
        except OperationalError as error:
            if not outermost or attempt == 3 or getattr(error.__cause__, "pgcode", None) not in RETRIED:
                raise
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311 - jitter, not a secret
    raise AssertionError("unreachable")
