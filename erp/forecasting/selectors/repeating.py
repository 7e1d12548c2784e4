"""What moves money again and again: templates, and what the bank saw in each of the last months."""

from calendar import monthrange
from datetime import date, timedelta

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from erp.forecasting.rules import Expected, Source
from erp.ledger.reports.cash import cash_accounts
from erp.ledger.roles import AccountRole
from erp.schedules.models import RecurringEntry
from erp.schedules.rules import add_months
from erp.schedules.selectors import days_of
from suite.kernel.money.rules import ZERO

MONTHS_SEEN = 3  # a movement of each of the last three months is expected in the next

# Entries of the months before that move money, are no payment of an open item, no payment of tax and made by no template; by what they say, numbers aside.
_REGULAR = """
    SELECT what, percentile_disc(0.5) WITHIN GROUP (ORDER BY amount), percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(day FROM ledger_date)), max(id)
      FROM (
        SELECT e.id, e.ledger_date, trim(regexp_replace(e.description, '[0-9./-]+', '', 'g')) AS what, sum(l.debit - l.credit) AS amount
          FROM erp_journalentry e JOIN erp_journalline l ON l.entry_id = e.id AND l.account_id = ANY (%(cash)s)
         WHERE e.company_id = %(company)s AND e.status = 'posted' AND e.ledger_date BETWEEN %(first)s AND %(on)s
           AND coalesce(e.source_key, '') = '' AND e.reverses_id IS NULL
           AND NOT EXISTS (SELECT 1 FROM erp_openitem o WHERE o.entry_id = e.id)
           AND NOT EXISTS (SELECT 1 FROM erp_journalentry r WHERE r.reverses_id = e.id)
           AND EXISTS (SELECT 1 FROM erp_journalline x WHERE x.entry_id = e.id AND x.account_id <> ALL (%(cash)s) AND x.account_id <> ALL (%(tax)s))
         GROUP BY 1 HAVING sum(l.debit - l.credit) <> 0
      ) seen WHERE what <> ''
     GROUP BY what HAVING count(DISTINCT date_trunc('month', ledger_date)) >= %(months)s AND count(*) <= 2 * %(months)s"""
TAX_ROLES = (AccountRole.OUTPUT_TAX.value, AccountRole.INPUT_TAX.value, AccountRole.TAX_PAYABLE.value)


def recurring(company_id: int, on: date, until: date) -> list[Expected]:
    """What active templates will move on bank and cash accounts."""
    cash = cash_accounts(company_id)
    templates = RecurringEntry.objects.filter(company_id=company_id, status=RecurringEntry.Status.ACTIVE, first_on__lte=until)
    found = []
    for template in templates.prefetch_related("lines").order_by("pk"):
        amount = sum((line.debit - line.credit for line in template.lines.all() if line.account_id in cash), ZERO)
        if amount:
            link = reverse("erp:recurringentry_detail", args=[template.pk])
            found += [
                Expected(Source.RECURRING, day, amount, template.name, link, due_on=day, why=_("by its calendar"))
                for day in days_of(template, until) if day > on
            ]
    return found


def regular(company_id: int, on: date, until: date) -> list[Expected]:
    """What was booked by hand in each of the last three months (wages, rent): the median amount, on the median day of each month to come."""
    first = add_months(on + timedelta(days=1), -MONTHS_SEEN)
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id FROM erp_accountassignment WHERE company_id = %s AND role = ANY (%s)", [company_id, list(TAX_ROLES)])
        tax = [row[0] for row in cursor.fetchall()]
        cursor.execute(_REGULAR, {
            "company": company_id, "on": on, "first": first, "cash": sorted(cash_accounts(company_id)), "tax": tax, "months": MONTHS_SEEN,
        })
        rows = cursor.fetchall()
    found = []
    for what, amount, day_of_month, last_id in rows:
        link = reverse("erp:journalentry_detail", args=[last_id])
        month = on.replace(day=1)
        while month <= until:
            day = month.replace(day=min(int(day_of_month), monthrange(month.year, month.month)[1]))
            if on < day <= until:
                found.append(Expected(Source.REGULAR, day, amount, what, link, due_on=day, why=_("as in each of the last three months")))
            month = add_months(month, 1)
    return found
