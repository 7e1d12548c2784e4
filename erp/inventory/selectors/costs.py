"""Accounts, digits, last known costs and the date in the books: what valuing asks before it writes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from erp.ledger.roles import AccountRole
from erp.ledger.rules import Wanted
from erp.ledger.selectors import accounts_of
from suite.kernel.calendars.models import Period
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal

LAST_COST = """
SELECT p.id, coalesce(v.cost, p.standard_cost)
  FROM kernel_product p LEFT JOIN LATERAL (
       SELECT s.value / s.quantity AS cost FROM erp_stockvalue s
        WHERE s.product_id = p.id AND s.company_id = p.company_id AND s.quantity <> 0
        ORDER BY s.warehouse_id = %s DESC, s.id DESC LIMIT 1) v ON true
 WHERE p.company_id = %s AND p.id = ANY (%s)"""


UNIT_COST = """
SELECT p.id, coalesce(nullif(l.value, 0) / nullif(l.quantity, 0), v.cost, nullif(p.standard_cost, 0))
  FROM kernel_product p
  LEFT JOIN LATERAL (
       SELECT sum(c.remaining_value) AS value, sum(c.remaining_quantity) AS quantity FROM erp_costlayer c
        WHERE c.product_id = p.id AND c.company_id = p.company_id AND c.remaining_quantity > 0) l ON true
  LEFT JOIN LATERAL (
       SELECT s.value / s.quantity AS cost FROM erp_stockvalue s
        WHERE s.product_id = p.id AND s.company_id = p.company_id AND s.quantity <> 0 AND s.value <> 0
        ORDER BY s.id DESC LIMIT 1) v ON true
 WHERE p.company_id = %s AND p.id = ANY (%s)"""


def currency_digits(company_id: int) -> int:
    """Digits behind the point of amounts in the company's currency."""
    return Company.objects.filter(pk=company_id).values_list("currency__digits", flat=True).get()


def stock_accounts(
    company_id: int, product_ids: Iterable[int], warehouse_ids: Iterable[int], role: AccountRole = AccountRole.INVENTORY,
) -> dict[tuple[int, int], int]:
    """The account per (product, warehouse) that plays the role: of the product, else category, else warehouse, else company.

    Raises Refusal where no account plays it.
    """
    products, warehouses = set(product_ids), set(warehouse_ids)
    accounts = accounts_of(company_id, products)
    return {
        (product_id, warehouse_id): accounts.of(Wanted(role, product_id, None, warehouse_id))
        for product_id in products for warehouse_id in warehouses
    }


def last_costs(company_id: int, product_ids: Iterable[int], warehouse_id: int) -> dict[int, tuple[Decimal, int]]:
    """Per product the cost at which stock last moved, in this warehouse if it did there, else the standard cost; and the inventory account."""
    wanted = sorted(set(product_ids))
    accounts = stock_accounts(company_id, wanted, [warehouse_id])
    with connection.cursor() as cursor:
        cursor.execute(LAST_COST, [warehouse_id, company_id, wanted])
        return {product_id: (cost, accounts[product_id, warehouse_id]) for product_id, cost in cursor.fetchall()}


def unit_costs(company_id: int, product_ids: Iterable[int]) -> dict[int, Decimal]:
    """What one unit costs, company currency: on average of the stock on hand, else as it last moved, else the standard cost.

    A product that has none of these is missing. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(UNIT_COST, [company_id, sorted(set(product_ids))])
        return {product_id: cost for product_id, cost in cursor.fetchall() if cost is not None}


def ledger_date_for(company_id: int, happened_on: date) -> date:
    """The day on which a physical event counts: its own while that period is open, else the first day of the earliest open one after it.

    Raises Refusal when no period from that day on is open.
    """
    periods = Period.objects.filter(company_id=company_id, is_closing=False, ends_on__gte=happened_on).order_by(F("starts_on"))
    for period in periods:
        if period.status == Period.Status.OPEN:
            return max(period.starts_on, happened_on)
    raise Refusal(
        _("No period is open on %(date)s or later; nothing was posted.") % {"date": date_format(happened_on)}, field="happened_on",
        code="no_open_period", hint=_("Ask Finance to open a period."),
    )
