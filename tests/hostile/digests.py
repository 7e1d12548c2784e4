"""What attacks may not change: tables, digested."""

from collections.abc import Iterable

from django.db import connection


def digests(tables: Iterable[str]) -> list[tuple[str, int, bytes]]:
    """(table, rows, digest of all rows) of each table, in the given order."""
    found = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*), sha256(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')::bytea) FROM {table} t")
            count, digest = cursor.fetchone()
            found.append((table, count, bytes(digest)))
    return found
