"""When a failed delivery is tried again.

Two environment variables shorten the waits for the fault drills, where twelve tries must not take half an hour:
OUTBOX_LONGEST_WAIT_SECONDS (300) and OUTBOX_LEASE_SECONDS (10). Leave them alone in production.
"""

import os
import random
from datetime import timedelta

MAX_TRIES = 12
LEASE = timedelta(seconds=float(os.environ.get("OUTBOX_LEASE_SECONDS", "10")))
GRACE = timedelta(seconds=5)
LONGEST_WAIT_SECONDS = float(os.environ.get("OUTBOX_LONGEST_WAIT_SECONDS", "300"))


def backoff(tries: int) -> timedelta:
    """The wait after the n-th try failed: doubling from half a second up to five minutes, with jitter so that retries spread."""
    ceiling = min(LONGEST_WAIT_SECONDS, 0.5 * 2**tries)
    return timedelta(seconds=random.uniform(0.2, 1.0) * ceiling)  # noqa: S311 - jitter, not a secret
