"""The consumers of events. A consumer takes all events of an aggregate that touch its effect, so that order holds for the effect."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from integration.outbox.models import Event

Handler = Callable[[Event, Any], None]


@dataclass(frozen=True)
class Consumer:
    """A named effect: `handle(event, actor)` makes what is missing and may run more than once."""

    name: str
    label: str
    events: tuple[str, ...]
    handle: Handler


_consumers: dict[str, Consumer] = {}
_by_event: dict[str, list[str]] = {}


def consumer(name: str, *events: str, label: str) -> Callable[[Handler], Handler]:
    """Register a handler for event types. It RUNS MORE THAN ONCE: it reads the present truth and makes only what is missing."""

    def register(handle: Handler) -> Handler:
        if name in _consumers:
            raise RuntimeError(f"Two consumers are called {name}.")
        _consumers[name] = Consumer(name, label, events, handle)
        for event in events:
            _by_event.setdefault(event, []).append(name)
        return handle

    return register


def consumers_of(event_type: str) -> list[str]:
    """Names of the consumers that an event of this type goes to."""
    return _by_event.get(event_type, [])


def consumer_named(name: str) -> Consumer:
    """Raises KeyError for a consumer that no longer exists."""
    return _consumers[name]


def all_consumers() -> list[Consumer]:
    return list(_consumers.values())
