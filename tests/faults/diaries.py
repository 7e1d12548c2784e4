"""What the clients wrote down: acknowledged orders, failed tries, how long a confirmation took."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

STALL = 1.5
MOST_STALL = 3.5
BREAKER = 2.0
# A try that ran into the crash may fail a little after the server is back: its connection died with it.
AFTER_OUTAGE = 5.0


@dataclass
class Diaries:
    """The clients' files, read together; a line that a killed client left half written counts as not acknowledged."""

    acknowledged: dict[int, dict] = field(default_factory=dict)
    failures: list[dict] = field(default_factory=list)
    by_client: list[list[dict]] = field(default_factory=list)

    @classmethod
    def read(cls, places: Iterable[Path]) -> "Diaries":
        found = cls()
        for place in places:
            confirms = []
            for line in place.read_text().splitlines() if place.exists() else []:
                try:
                    facts = json.loads(line)
                except ValueError:
                    continue
                if "order" in facts:
                    found.acknowledged[facts["order"]] = facts
                    confirms.append(facts)
                else:
                    found.failures.append(facts)
            found.by_client.append(confirms)
        return found

    def failures_outside(self, outages: list[tuple[float, float]]) -> list[dict]:
        """Tries that failed while PostgreSQL was there: a dead or hung broker must not cause any."""
        return [
            failure for failure in self.failures if not any(start - 0.5 <= failure["at"] <= end + AFTER_OUTAGE for start, end in outages)
        ]

    def stalls_in(self, hangs: list[tuple[float, float]]) -> tuple[float, int]:
        """While the broker hung: the longest confirmation, and how many stalls came sooner after another than the breaker allows."""
        longest, too_soon = 0.0, 0
        for confirms in self.by_client:
            ended = None
            for facts in confirms:
                start = facts["acknowledged"] - facts["took"]
                if not any(begin <= facts["acknowledged"] and start <= end for begin, end in hangs):
                    continue
                longest = max(longest, facts["took"])
                if facts["took"] >= STALL:
                    too_soon += ended is not None and start - ended < BREAKER - 0.1
                    ended = facts["acknowledged"]
        return longest, too_soon

    def seconds_until_back(self, outages: list[tuple[float, float]]) -> float:
        """The longest time from PostgreSQL's return to the next acknowledged order."""
        times = sorted(facts["acknowledged"] for facts in self.acknowledged.values())
        waits = [next((at - end for at in times if at >= end), 0.0) for _start, end in outages]
        return max(waits, default=0.0)

    def p99_seconds(self) -> float:
        """Of all confirmations, faults and all."""
        took = sorted(facts["took"] for facts in self.acknowledged.values())
        return took[int(len(took) * 0.99)] if took else 0.0
