"""Statements that PostgreSQL keeps, parsed and planned, for as long as a connection lives.

Reading a long statement again and planning it costs more than running it. `kept` gives the text to send: the statement itself while it is
rare on this connection, later the name it was kept under. Behind a pooler that hands connections from one transaction to another,
set KEEP_STATEMENTS=0.
"""

import re
from functools import lru_cache
from hashlib import sha256

from django.conf import settings
from django.db import connection

USES_BEFORE = 2  # a statement is kept at its third use: what a connection does once or twice is not worth it
MOST = 400  # statements kept per connection; more are sent as they are

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH|SELECT \"?(kernel|crm|erp|scm|integration)_\w+\"?\(|EXECUTE w_)", re.IGNORECASE)
_PLACE = re.compile(r"%(?:\((\w+)\))?s")


class _Held:
    """What one connection has kept."""

    def __init__(self, server: object) -> None:
        self.server = server
        self.uses: dict[str, int] = {}
        self.kept: dict[str, str] = {}


def kept(sql: str) -> str:
    """What to send instead of this statement, with the same parameters. Every parameter's type must follow from its place or a cast."""
    server = connection.connection
    if server is None or not settings.KEEP_STATEMENTS:
        return sql
    held = getattr(connection, "kept_statements", None)
    if held is None or held.server is not server:
        held = connection.kept_statements = _Held(server)
    known = held.kept.get(sql)
    if known is not None:
        return known
    uses = held.uses[sql] = held.uses.get(sql, 0) + 1
    if uses <= USES_BEFORE or len(held.kept) >= MOST:
        return sql
    preparation, execution = _named(sql)
    with connection.cursor() as cursor:
        cursor.execute(preparation)
    held.kept[sql] = execution
    del held.uses[sql]
    return execution


@lru_cache(maxsize=2000)
def _named(sql: str) -> tuple[str, str]:
    """The statement that has it kept, and the one that runs it. The name of one that writes says so: the audit must know who does."""
    name = f"{'w' if WRITES.match(sql) else 'r'}_{sha256(sql.encode()).hexdigest()[:20]}"
    places: dict[str, int] = {}
    given: list[str] = []

    def number(found: re.Match) -> str:
        key = found.group(1) or f" {len(given)}"
        if key not in places:
            places[key] = len(given) + 1
            given.append(found.group(0))
        return f"${places[key]}"

    text = _PLACE.sub(number, sql).replace("%%", "%")
    return f"PREPARE {name} AS {text}", f"EXECUTE {name}({', '.join(given)})" if given else f"EXECUTE {name}"
