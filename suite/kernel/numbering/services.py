from django.db import connection

from suite.kernel.documents.statements import kept


def next_number(*, company_id: int, series: str, width: int = 5) -> str:
    """The next number of a series, "SO-00042". Never waits for another transaction; a rolled-back one leaves a gap."""
    with connection.cursor() as cursor:
        cursor.execute(kept("SELECT kernel_next_number(%s, %s)"), [company_id, series])
        return f"{series}-{cursor.fetchone()[0]:0{width}d}"
