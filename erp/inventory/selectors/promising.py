"""When an order line can leave, and what decides it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.inventory.rules import plain
from suite.kernel.calendars.rules import add_working_days
from suite.kernel.documents.statements import kept

FACTS = """
SELECT p.id, p.kind, p.lead_days, c.lead_days, s.code, coalesce(w.weekdays, '12345'),
       ARRAY(SELECT h.day FROM kernel_holiday h WHERE h.calendar_id = w.id AND h.day >= %(on)s),
       CASE WHEN p.kind = 'goods' THEN (
           SELECT coalesce(sum(l.on_hand - l.reserved), 0)
             FROM erp_stocklevel l JOIN erp_location o ON o.id = l.location_id JOIN erp_warehouse h ON h.id = o.warehouse_id
             LEFT JOIN erp_lot t ON t.id = l.lot_id
            WHERE l.company_id = p.company_id AND l.product_id = p.id AND l.on_hand > l.reserved AND o.kind = 'stock' AND h.is_active
              AND h.site_id = s.id AND (t.expires_on IS NULL OR t.expires_on >= %(on)s)) ELSE 0 END,
       CASE WHEN p.kind = 'goods' THEN (
           SELECT coalesce(sum(r.quantity), 0) FROM erp_reservation r JOIN erp_warehouse h ON h.id = r.warehouse_id
            WHERE r.company_id = p.company_id AND r.product_id = p.id AND r.status = 'planned' AND h.site_id = s.id) ELSE 0 END
  FROM kernel_product p JOIN kernel_company c ON c.id = p.company_id
  JOIN kernel_site s ON s.id = %(site)s AND s.company_id = p.company_id LEFT JOIN kernel_workcalendar w ON w.id = s.calendar_id
 WHERE p.company_id = %(company)s AND p.id = ANY (%(products)s)"""


def promise(
    *, company_id: int, site_id: int, needs: Sequence[tuple[int, int, Decimal]], on: date,
) -> dict[int, tuple[date, str]]:
    """Per line of `needs` (line, product, quantity): the day it can leave the site, and why. One statement.

    Counts only stock that no reservation holds and no earlier order waits for; lines of one product share it. What is not in stock
    comes after the product's lead time in working days of the site. Products that are unknown to the company have no answer.
    """
    with connection.cursor() as cursor:
        cursor.execute(kept(FACTS), {"company": company_id, "site": site_id, "on": on, "products": sorted({product for _line, product, _q in needs})})
        facts = {row[0]: row[1:] for row in cursor.fetchall()}
    left = {product: max(free - waiting, Decimal(0)) for product, (*_rest, free, waiting) in facts.items()}
    answers: dict[int, tuple[date, str]] = {}
    for line, product, quantity in needs:
        if product not in facts:
            continue
        kind, lead_days, handling, site, weekdays, holidays, _free, waiting = facts[product]

        def later(days: int, weekdays: str = weekdays, holidays: Sequence[date] = holidays) -> date:
            return add_working_days(on, days, weekdays=weekdays, holidays=set(holidays))

        free = left[product]
        if kind != "goods":
            answers[line] = (later(0), _("No stock needed."))
        elif free >= quantity:
            left[product] = free - quantity
            answers[line] = (later(handling), _("In stock: %(free)s free at %(site)s.") % {"free": plain(free), "site": site})
        else:
            left[product] = Decimal(0)
            reason = _("%(free)s of %(wanted)s free at %(site)s; the rest after %(supply)s.") % {
                "free": plain(free), "wanted": plain(quantity), "site": site,
                "supply": ngettext("%(days)s working day of supply", "%(days)s working days of supply", lead_days) % {"days": lead_days},
            }
            if waiting:
                reason += " " + _("Earlier orders wait for %(waiting)s.") % {"waiting": plain(waiting)}
            answers[line] = (later(lead_days + handling), reason)
    return answers
