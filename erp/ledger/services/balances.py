from django.db import connection


def roll_up_balances(limit: int = 5000) -> int:
    """Adds up to `limit` posted entries to the month balances that reports read; how many it took. Safe to run in several processes at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT erp_roll_up_balances(%s)", [limit])
        return cursor.fetchone()[0]
