"""What somebody who watches a company move in sees: a line every few seconds."""

import time
from collections.abc import Callable
from datetime import date


class Progress:
    """Counts steps and says every `every` seconds how far they are."""

    def __init__(self, say: Callable[[str], None], total: int, *, every: float = 3.0) -> None:
        self.say = say
        self.total = total
        self.every = every
        self.done = 0
        self.started = time.monotonic()
        self._said = self.started

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def step(self, on: date, count: int = 1) -> None:
        """One more step (or several), dated `on`, is done."""
        self.done += count
        if time.monotonic() - self._said >= self.every or self.done == self.total:
            self._said = time.monotonic()
            self.say(f"{on}   {self.done:>6} of {self.total} steps   {self.seconds:5.0f} s")
