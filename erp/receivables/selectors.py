"""What customers owe and what orders have on the clearing accounts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy

from erp.ledger.models import AccountAssignment
from erp.ledger.roles import AccountRole
from erp.ledger.rules import Accounts, Assigned
from erp.receivables.models import ClearingItem, CreditCommitment, CustomerInvoice, CustomerInvoiceLine, OpenItem
from erp.receivables.rules import Clearing, PostingFacts, TaxFacts, Term, Withholding
from erp.receivables.signals import delivered_asked
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.statements import kept
from suite.kernel.money.rules import ZERO
from suite.kernel.money.selectors import conversion
from suite.kernel.parties.models import Party
from suite.kernel.terms.rules import Share

_FACTS = "SELECT erp_posting_facts(%s, %s, %s::bigint[], %s::text[]), erp_tax_facts(%s, %s)"


def posting_facts(
    company_id: int, *, payment_term_id: int | None = None, product_ids: Iterable[int | None] = (), order_line_keys: Iterable[str] = (),
    party_id: int | None = None,
) -> PostingFacts:
    """Policies, account roles, taxes, term and the clearing accounts of these order lines, in one statement; where goods under way
    have not earned yet, also what of them arrived and which invoice lines bill them. With `party_id`: what is withheld of its documents."""
    with connection.cursor() as cursor:
        cursor.execute(kept(_FACTS), [
            company_id, payment_term_id, sorted({pk for pk in product_ids if pk}), sorted({key for key in order_line_keys if key}),
            company_id, party_id,
        ])
        found, tax_found = cursor.fetchone()
    data, of_tax = json.loads(found, parse_float=Decimal), json.loads(tax_found, parse_float=Decimal)
    special = of_tax["taxes"]
    company, term = data["company"], data["term"]
    facts = PostingFacts(
        currency_id=company["currency"], digits=company["digits"], is_cost_at_shipment=company["cogs_policy"] == "at_shipment",
        revenue_point=company["revenue_point"], tolerance=Decimal(company["tolerance"]),
        term=term and Term(
            Decimal(term["percent"]) / 100, term["days"], term["reduces_tax"],
            tuple(Share(Decimal(percent), days, end_of_month=end) for percent, days, end in term["shares"]),
        ),
        accounts=Accounts([Assigned(*row) for row in data["accounts"]], {int(k): v for k, v in data["categories"].items()}),
        taxes={
            int(pk): TaxFacts(
                name, category, _day(first), _day(last), special.get(pk, {}).get("point") or of_tax["tax_point"],
                tuple((part, Decimal(rate), is_on_earlier) for part, rate, is_on_earlier in special.get(pk, {}).get("parts") or ()),
            )
            for pk, (name, category, first, last) in data["taxes"].items()
        },
        clearing=[Clearing(role, order, line, _plain(units), _plain(amount)) for role, order, line, units, amount in data["clearing"]],
        is_checked_by_standard=of_tax["is_checked"], tax_point=of_tax["tax_point"], advance_tax_id=of_tax["advance_tax"],
        has_deposits=of_tax["has_deposits"], has_position_accounts=of_tax["has_position_accounts"],
        withholding=of_tax["withholding"] and Withholding(of_tax["withholding"][0], Decimal(of_tax["withholding"][1])),
    )
    gone = [row for row in facts.clearing if row.role == AccountRole.GSNI and row.quantity > 0]
    waiting = [row.line_key for row in facts.clearing if row.role == AccountRole.DEFERRED_REVENUE and row.quantity > 0] if gone else []
    if facts.is_earned_at_delivery:
        facts.delivered = arrivals(company_id, {row.line_key for row in gone})
    if waiting:
        billing = CustomerInvoiceLine.objects.filter(
            company_id=company_id, pk__in=[key.partition(":")[2] for key in waiting],
        ).exclude(shipment_line_key="")
        facts.tied = {line.key: line.shipment_line_key for line in billing}
    return facts


def arrivals(company_id: int, line_keys: Iterable[str]) -> dict[str, date]:
    """{shipment line: the day it arrived}, of those that did."""
    keys = sorted(line_keys)
    return delivered_asked.ask(company_id=company_id, line_keys=keys) if keys else {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> Decimal:
    return Decimal(value)


def released_costs(company_id: int, invoice_line_keys: Iterable[str]) -> dict[str, list[Clearing]]:
    """{invoice line: what it took off goods shipped, not invoiced, and was not given back since} per shipment line, oldest first."""
    rows = (
        ClearingItem.objects.filter(company_id=company_id, role=AccountRole.GSNI, invoice_line_key__in=list(invoice_line_keys))
        .values("invoice_line_key", "order_line_key", "line_key").annotate(units=Sum("quantity"), total=Sum("amount"), first=Min("pk"))
        .filter(~Q(units=0)).order_by("first")
    )
    found: dict[str, list[Clearing]] = {}
    for row in rows:
        found.setdefault(row["invoice_line_key"], []).append(
            Clearing(AccountRole.GSNI, row["order_line_key"], row["line_key"], row["units"], row["total"]),
        )
    return found


def of_customers(items: QuerySet[OpenItem], company_id: int) -> QuerySet[OpenItem]:
    """Those of the items that are not on the accounts of suppliers."""
    roles = (AccountRole.AP, AccountRole.SUPPLIER_ADVANCES)
    return items.exclude(account__in=AccountAssignment.objects.filter(company_id=company_id, role__in=roles).values("account"))


def open_items(company_id: int, party_id: int | None = None) -> Any:
    """Items that are not settled, oldest due first."""
    items = OpenItem.objects.filter(company_id=company_id).exclude(open_amount=0).select_related("party", "entry").order_by("due_on", "pk")
    return items.filter(party_id=party_id) if party_id else items


# What is open now, and what later allocations settled: taking those back gives what was open then.
_AS_OF = """
    WITH late AS (
        SELECT a.debit_item_id, a.credit_item_id, a.{allocated} AS amount FROM erp_allocation a
         WHERE a.company_id = %(company)s AND a.allocated_on > %(on)s
        UNION ALL
        SELECT a.debit_item_id, a.credit_item_id, a.{allocated} AS amount FROM erp_knownallocation k JOIN erp_allocation a ON a.id = k.allocation_id
         WHERE k.company_id = %(company)s AND k.known_at > %(known)s AND a.allocated_on <= %(on)s
    ), standing AS (
        SELECT id, sum(amount) AS left_open FROM (
            SELECT id, {left} AS amount FROM erp_openitem WHERE company_id = %(company)s AND {left} <> 0
            UNION ALL SELECT debit_item_id, amount FROM late
            UNION ALL SELECT credit_item_id, -amount FROM late
        ) x GROUP BY 1 HAVING sum(amount) <> 0
    )
    SELECT {shown}
      FROM standing s JOIN erp_openitem o ON o.id = s.id JOIN erp_journalentry e ON e.id = o.entry_id JOIN kernel_party p ON p.id = o.party_id
      JOIN erp_account k ON k.id = o.account_id AND (k.type = 'asset' OR %(suppliers)s)
     WHERE e.ledger_date <= %(on)s AND (%(party)s::bigint IS NULL OR o.party_id = %(party)s)
       AND NOT EXISTS (SELECT 1 FROM erp_knownentry n WHERE n.entry_id = e.id AND n.known_at > %(known)s)
       AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = k.id AND r.role IN ('AP', 'SUPPLIER_ADVANCES')) = %(suppliers)s
     {order}"""
_IN_BOOKS = {"allocated": "amount", "left": "open_amount"}
_ITEMS = _AS_OF.format(
    **_IN_BOOKS,
    shown="o.id, o.party_id, p.name, e.number, o.entry_id, o.issued_on, o.due_on, o.amount, o.kind, s.left_open",
    order="ORDER BY p.name, o.due_on, o.id",
)
_AGED = _AS_OF.format(
    **_IN_BOOKS,
    shown="""p.name, o.party_id, CASE WHEN %(on)s - o.due_on <= 0 THEN 'not_due' WHEN %(on)s - o.due_on <= 30 THEN 'to_30'
             WHEN %(on)s - o.due_on <= 60 THEN 'to_60' WHEN %(on)s - o.due_on <= 90 THEN 'to_90' ELSE 'older' END, sum(s.left_open)""",
    order="GROUP BY 1, 2, 3 ORDER BY 1, 2",
)
_FOREIGN = _AS_OF.format(
    allocated="amount_currency", left="open_currency",
    shown="o.party_id, o.currency_id, (SELECT digits FROM kernel_currency WHERE code = o.currency_id), sum(s.left_open)",
    order="""AND o.currency_id <> (SELECT currency_id FROM kernel_company WHERE id = %(company)s)
             GROUP BY 1, 2, 3 HAVING sum(s.left_open) <> 0 ORDER BY 1, 2""",
)


def items_as_of(
    company_id: int, on: date, party_id: int | None = None, *, known_at: datetime | None = None, role: AccountRole = AccountRole.AR,
) -> list[dict[str, Any]]:
    """Receivables (or with role AP what suppliers are owed, less what they had in advance) open at a date, as they stood then: what was
    allocated later, or known later than `known_at`, is not taken off. `left` is what was open; debit above zero."""
    names = ("id", "party_id", "party__name", "entry__number", "entry_id", "issued_on", "due_on", "amount", "kind", "left")
    return [dict(zip(names, row, strict=True)) for row in _stood(_ITEMS, _standing(company_id, on, party_id, known_at, role))]


def aged(
    company_id: int, on: date, *, known_at: datetime | None = None, role: AccountRole = AccountRole.AR,
) -> dict[tuple[str, int], dict[str, Decimal]]:
    """{(name, party): {age: open}} at a date, as known at a time (None: now); debit above zero. One statement, summed where the rows are."""
    found: dict[tuple[str, int], dict[str, Decimal]] = {}
    for name, party_id, age, left in _stood(_AGED, _standing(company_id, on, None, known_at, role)):
        found.setdefault((name, party_id), {})[age] = left
    return found


# How many items the past takes back cannot be foreseen by the planner, which takes them for few and looks each of them up.
_MANY = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
_FEW = "SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL work_mem TO DEFAULT"
_NEAR = timedelta(days=31)


def _stood(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    is_far = values["known"] is not None or timezone.localdate() - values["on"] > _NEAR
    with transaction.atomic(), connection.cursor() as cursor:
        if is_far and values["party"] is None:
            cursor.execute(_MANY)
        cursor.execute(sql, values)
        rows = cursor.fetchall()
        if is_far and values["party"] is None:
            cursor.execute(_FEW)
        return rows


def foreign_left(
    company_id: int, on: date, *, known_at: datetime | None = None, role: AccountRole = AccountRole.AR,
) -> dict[int, list[tuple[str, int, Decimal]]]:
    """{party: [(currency, its digits, what is open in it)]} of items in foreign currency at a date, as known at a time; debit above zero."""
    found: dict[int, list[tuple[str, int, Decimal]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN, _standing(company_id, on, None, known_at, role))
        for party_id, code, digits, left in cursor.fetchall():
            found.setdefault(party_id, []).append((code, digits, left))
    return found


def _standing(company_id: int, on: date, party_id: int | None, known_at: datetime | None, role: AccountRole) -> dict[str, Any]:
    return {"company": company_id, "on": on, "party": party_id, "known": known_at, "suppliers": role == AccountRole.AP}


def payment_status_of_order(*, company_id: int, order_keys: Iterable[str]) -> dict[str, str]:
    """{order: unpaid, partial or paid} over its posted invoices together; an order without one is left out."""
    rows = _amounts_by_order(company_id, list(order_keys))
    return {key: "paid" if not left else "unpaid" if left == amount else "partial" for key, amount, left in rows}


@prepared
def _amounts_by_order(company_id: int, order_keys: list[str]) -> QuerySet[OpenItem]:
    of_orders = OpenItem.objects.filter(
        company_id=company_id, kind=OpenItem.Kind.INVOICE, entry__invoice__order_key__in=order_keys,
        entry__invoice__kind=CustomerInvoice.Kind.INVOICE,
    )
    return of_orders.order_by().values_list("entry__invoice__order_key").annotate(Sum("amount"), Sum("open_amount"))


def invoiced_of_order(*, company_id: int, order_key: str) -> dict[str, Decimal]:
    """{order line: units on issued invoices, less what was credited for correction or cancellation}: what must not be invoiced again."""
    lines = CustomerInvoiceLine.objects.filter(
        company_id=company_id, invoice__order_key=order_key, invoice__status=CustomerInvoice.Status.POSTED,
    ).exclude(order_line_key="").values_list("order_line_key", "quantity", "invoice__kind", "invoice__reason")
    found: dict[str, Decimal] = {}
    for key, quantity, kind, reason in lines:
        if kind == CustomerInvoice.Kind.INVOICE:
            found[key] = found.get(key, ZERO) + quantity
        elif reason in (CustomerInvoice.Reason.CORRECTION, CustomerInvoice.Reason.CANCELLATION):
            found[key] = found.get(key, ZERO) - quantity
    return found


DELIVERY_STOPPED = gettext_lazy("Delivery is stopped: the last dunning letter is not paid.")


@dataclass(frozen=True)
class CreditStanding:
    """A customer's open receivables, promises and advances against the limit (company currency; limit None: no limit)."""

    is_within: bool
    exposure: Decimal
    limit: Decimal | None
    message: str = ""


def credit_of(*, company_id: int, party_id: int, with_amount: Decimal = ZERO, currency_id: str | None = None) -> CreditStanding:
    """Where a customer stands, with another amount added (of `currency_id`, at today's rate; None: company currency); locks and keeps nothing."""
    if currency_id is not None and with_amount:
        with_amount = conversion(company_id=company_id, currency_id=currency_id, on=timezone.localdate()).to_books(with_amount)
    accounts = AccountAssignment.objects.filter(company_id=company_id, role__in=(AccountRole.AR, AccountRole.CUSTOMER_ADVANCES))
    left = OpenItem.objects.filter(
        company_id=company_id, party_id=party_id, account__in=accounts.values("account"),
    ).exclude(open_amount=0).aggregate(total=Sum("open_amount"))["total"] or ZERO
    promised = CreditCommitment.objects.filter(company_id=company_id, account__party_id=party_id).aggregate(total=Sum("amount"))["total"] or ZERO
    limit = Party.objects.filter(company_id=company_id, pk=party_id).values_list("credit_limit", flat=True).first()
    exposure = left + promised + with_amount
    if delivery_is_stopped(company_id, party_id):
        return CreditStanding(False, exposure, limit, DELIVERY_STOPPED)
    return CreditStanding(limit is None or exposure <= limit, exposure, limit)


def delivery_is_stopped(company_id: int, party_id: int) -> bool:
    """Whether an open item of the customer has reached a dunning level that stops delivery."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT erp_delivery_is_stopped(%s, %s)", [company_id, party_id])
        return cursor.fetchone()[0]
