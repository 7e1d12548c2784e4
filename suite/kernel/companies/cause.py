"""What made a row: the id of the event being handled, or of the event that the present act will emit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_cause: ContextVar[int | Callable[[], int] | None] = ContextVar("cause", default=None)


def current_cause() -> int | None:
    """The event id that rows written now carry; None outside an act."""
    cause = _cause.get()
    return cause() if callable(cause) else cause


@contextmanager
def caused_by(event: int | Callable[[], int]) -> Iterator[None]:
    """Rows written inside carry this event's id (a callable is asked when the first row needs it)."""
    token = _cause.set(event)
    try:
        yield
    finally:
        _cause.reset(token)


def has_cause() -> bool:
    """Whether an event or an act is under way."""
    return _cause.get() is not None
