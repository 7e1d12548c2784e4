"""The closing checklist, computed."""

from datetime import timedelta

from django.db import connection
from django.db.models import Sum

from erp.banking.models import StatementLine
from erp.closing.rules import Check
from erp.currencies.selectors import unvalued
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import balance_of
from erp.receivables.models import ClearingItem, CustomerPayment
from suite.kernel.calendars.models import Period

AGE = timedelta(days=30)


def checklist(period: Period) -> list[Check]:
    """What stands in the way of closing the period, item by item."""
    inside = {"company_id": period.company_id}
    drafts = JournalEntry.objects.filter(**inside, status="draft", ledger_date__range=(period.starts_on, period.ends_on))
    payments = CustomerPayment.objects.filter(**inside, status="draft", paid_on__range=(period.starts_on, period.ends_on))
    lines = StatementLine.objects.filter(**inside, status="open", booked_on__range=(period.starts_on, period.ends_on))
    waiting = (
        ClearingItem.objects.filter(**inside, role=AccountRole.GSNI, entry__ledger_date__lte=period.ends_on - AGE).order_by()
        .values("line_key").annotate(units=Sum("quantity")).filter(units__gt=0)
    )
    return [
        Check("draft_entries", tuple(str(entry) for entry in drafts[:20])),
        Check("draft_payments", tuple(str(payment) for payment in payments[:20])),
        Check("statement_lines", tuple(f"{line.booked_on} {line.amount} {line.text}" for line in lines[:20])),
        Check("suspense", _balance(period, AccountRole.SUSPENSE)),
        Check("opening_balance", _balance(period, AccountRole.OPENING_BALANCE_EQUITY)),
        Check("revaluation", () if period.is_closing else unvalued(period.company_id, period.ends_on)),
        Check("shipped_not_invoiced", tuple(f"{row['line_key']}: {row['units']}" for row in waiting[:20])),
        Check("stock", _stock(period.company_id)),
    ]


def _balance(period: Period, role: AccountRole) -> tuple[str, ...]:
    amount = balance_of(period.company_id, role, period.ends_on)
    return (str(amount),) if amount else ()


def _stock(company_id: int) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("""
            SELECT a.code || ': ' || sum(x.amount) FROM (
                SELECT account_id, debit - credit AS amount FROM erp_journalline WHERE company_id = %(company)s AND ledger_date IS NOT NULL
                UNION ALL SELECT account_id, -value FROM erp_stockvalue WHERE company_id = %(company)s
            ) x JOIN erp_account a ON a.id = x.account_id WHERE a.control = 'stock' GROUP BY a.id HAVING sum(x.amount) <> 0""", {"company": company_id})
        return tuple(row[0] for row in cursor.fetchall())
