"""What the cash forecast of the books must know of customers' orders."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.urls import reverse

from erp.forecasting.rules import OrderAhead
from erp.forecasting.signals import orders_asked
from suite.kernel.money.rules import ZERO, Conversion
from suite.kernel.money.selectors import conversion
from suite.kernel.terms.models import PaymentTermShare
from suite.kernel.terms.rules import Share, instalments

# An order's total less its invoices (credits for a return or as goodwill do not open it again); and what was invoiced after the day was open then.
_AHEAD = """
    SELECT o.id, o.number, o.customer_id, p.name, o.currency_id, o.payment_term_id, coalesce(o.promised_on, o.requested_on, o.order_date),
           CASE WHEN o.status IN ('confirmed', 'on_hold') THEN greatest(o.gross - coalesce(i.billed, 0), 0) ELSE 0 END + coalesce(i.later, 0)
      FROM crm_order o JOIN kernel_party p ON p.id = o.customer_id
      LEFT JOIN LATERAL (
          SELECT sum(CASE n.kind WHEN 'credit_note' THEN -n.gross ELSE n.gross END) AS billed,
                 sum(CASE n.kind WHEN 'credit_note' THEN -n.gross ELSE n.gross END) FILTER (WHERE n.issued_on > %(on)s) AS later
            FROM erp_customerinvoice n WHERE n.company_id = o.company_id AND n.order_key = 'crm.order:' || o.id AND n.status = 'posted'
             AND NOT (n.kind = 'credit_note' AND n.reason IN ('return', 'goodwill'))
      ) i ON true
     WHERE o.company_id = %(company)s AND o.order_date <= %(on)s AND o.id IN (
           SELECT id FROM crm_order WHERE company_id = %(company)s AND status IN ('confirmed', 'on_hold')
           UNION SELECT substring(n.order_key FROM 11)::bigint FROM erp_customerinvoice n
            WHERE n.company_id = %(company)s AND n.issued_on > %(on)s AND n.status = 'posted' AND n.order_key LIKE 'crm.order:%%')
     ORDER BY o.id"""


@orders_asked.answered_by
def orders_not_invoiced(*, company_id: int, on: date) -> list[OrderAhead]:
    """Each with what is still to be invoiced, due from the day it leaves (promised, else wanted; never before tomorrow) by its payment term."""
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, {"company": company_id, "on": on})
        rows = cursor.fetchall()
    terms: dict[int, list[Share]] = {}
    for share in PaymentTermShare.objects.filter(company_id=company_id).order_by("term", "position"):
        terms.setdefault(share.term_id, []).append(Share(share.percent, share.days, end_of_month=share.end_of_month))
    rates: dict[str, Conversion] = {}
    found = []
    for pk, number, party_id, party, currency_id, term_id, leaves_on, left in rows:
        if left <= ZERO:
            continue
        if currency_id not in rates:
            rates[currency_id] = conversion(company_id=company_id, currency_id=currency_id, on=on)
        found.append(OrderAhead(
            party_id, party, number or "", reverse("crm:order_detail", args=[pk]), _due(rates[currency_id], left, max(leaves_on, on + timedelta(days=1)),
                                                                                          terms.get(term_id, [])),
        ))
    return found


def _due(rate: Conversion, left: Decimal, leaves_on: date, shares: list[Share]) -> tuple[tuple[date, Any], ...]:
    return tuple(instalments(rate.to_books(left), leaves_on, shares, rate.books_digits))
