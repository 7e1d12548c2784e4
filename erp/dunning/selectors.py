"""What is overdue and by how far, and where a customer stands."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from erp.dunning.models import BaseRate, DunningBlock, DunningLevel, DunningNotice, DunningNoticeLine, DunningPolicy, DunningRun
from erp.dunning.rules import Base, Level, Overdue, Proposal, Rate, Standing, letters_of
from erp.receivables.models import OpenItem
from suite.kernel.companies.models import Company
from suite.kernel.money.selectors import conversion
from suite.kernel.parties.models import Party

DUNNED_KINDS = ["invoice", "opening", "chargeback", "transfer", "claim"]
CHARGE_KINDS = ["dunning_fee", "interest"]

# Items whose next level exists, is active, and has been waited for; blocks, and (as a joined list) what earlier letters said of each item.
_OVERDUE = """
    WITH before AS (
        SELECT l.item_id, max(l.level) AS level, max(n.issued_on) AS last_on, max(n.issued_on) FILTER (WHERE l.interest > 0) AS charged_to
          FROM erp_dunningnoticeline l JOIN erp_dunningnotice n ON n.id = l.notice_id
         WHERE l.company_id = %(company)s AND l.is_issued GROUP BY l.item_id
    )
    SELECT o.id, o.party_id, o.currency_id, o.due_on, o.open_currency, coalesce(b.level, 0), coalesce(b.charged_to, o.due_on) + 1
      FROM erp_openitem o LEFT JOIN before b ON b.item_id = o.id
      JOIN erp_dunninglevel v ON v.company_id = o.company_id AND v.position = coalesce(b.level, 0) + 1 AND v.is_active
     WHERE o.company_id = %(company)s AND o.open_currency > 0 AND o.due_on < %(on)s AND o.kind = ANY (%(kinds)s)
       AND o.account_id IN (SELECT account_id FROM erp_accountassignment WHERE company_id = %(company)s AND role = 'AR')
       AND %(on)s - coalesce(b.last_on, o.due_on) >= v.days
       AND (%(customer)s::bigint IS NULL OR o.party_id = %(customer)s) AND (%(items)s::bigint[] IS NULL OR o.id = ANY (%(items)s))
       AND {blocked} EXISTS (SELECT 1 FROM erp_dunningblock k WHERE k.company_id = o.company_id AND k.customer_id = o.party_id
                              AND (k.item_id IS NULL OR k.item_id = o.id) AND k.until >= %(on)s)
     ORDER BY o.party_id, o.currency_id, o.due_on, o.id"""
_TO_DUN, _BLOCKED = _OVERDUE.format(blocked="NOT"), _OVERDUE.format(blocked="")
# Per customer and currency: credits that nobody has set off, and charges of earlier letters that are still open.
_BESIDES = """
    SELECT o.party_id, o.currency_id, -coalesce(sum(o.open_currency) FILTER (WHERE o.open_currency < 0), 0),
           coalesce(sum(o.open_currency) FILTER (WHERE o.open_currency > 0), 0)
      FROM erp_openitem o
     WHERE o.company_id = %(company)s AND (o.open_currency < 0 OR o.open_currency > 0 AND o.kind = ANY (%(charges)s))
       AND o.account_id IN (SELECT account_id FROM erp_accountassignment WHERE company_id = %(company)s AND role = 'AR')
       AND (%(customers)s::bigint[] IS NULL OR o.party_id = ANY (%(customers)s))
     GROUP BY 1, 2"""


def levels_of(company_id: int) -> dict[int, Level]:
    """The company's levels by position."""
    rows = DunningLevel.objects.filter(company_id=company_id).values_list("pk", "position", "name", "fee", "interest_points", "minimum_amount")
    return {row[1]: Level(*row) for row in rows}


def overdue_items(company_id: int, on: date, *, customer_id: int | None = None, item_ids: Iterable[int] | None = None) -> list[Overdue]:
    """Items that would take their next level on a day, oldest due first per customer and currency; blocked ones are left out."""
    return _read(_TO_DUN, company_id, on, customer_id, item_ids)


def blocked_items(company_id: int, on: date, *, customer_id: int | None = None) -> list[Overdue]:
    """Items that would take their next level on a day if nothing blocked them."""
    return _read(_BLOCKED, company_id, on, customer_id, None)


def _read(query: str, company_id: int, on: date, customer_id: int | None, item_ids: Iterable[int] | None) -> list[Overdue]:
    with connection.cursor() as cursor:
        cursor.execute(query, {
            "company": company_id, "on": on, "customer": customer_id, "items": None if item_ids is None else list(item_ids), "kinds": DUNNED_KINDS,
        })
        return [Overdue(*row) for row in cursor.fetchall()]


def standing(company_id: int, on: date, currencies: Iterable[str], *, customer_ids: Iterable[int] | None = None) -> Standing:
    """Levels, rates and what customers have besides, for working letters out. Raises Refusal: no exchange rate of a currency for the day."""
    books = Company.objects.values_list("currency_id", flat=True).get(pk=company_id)
    rates = {}
    for currency_id in {*currencies, books}:
        known = conversion(company_id=company_id, currency_id=currency_id, on=on)
        rates[currency_id] = Rate(known.rate, known.digits)
    credits: dict[tuple[int, str], Decimal] = {}
    charges: dict[tuple[int, str], Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BESIDES, {
            "company": company_id, "charges": CHARGE_KINDS, "customers": None if customer_ids is None else sorted(set(customer_ids)),
        })
        for party_id, currency_id, credit, charge in cursor.fetchall():
            credits[party_id, currency_id], charges[party_id, currency_id] = credit, charge
    bases = [Base(*row) for row in BaseRate.objects.filter(company_id=company_id, valid_from__lte=on).values_list("valid_from", "rate")]
    return Standing(on, levels_of(company_id), bases, rates, credits, charges)


def proposed_letters(company_id: int, on: date, *, customer_id: int | None = None) -> list[Proposal]:
    """The letters a run of that day makes, by customer's name. Nothing is written; the number of statements does not grow with the items.

    Raises Refusal: no exchange rate of a currency for the day.
    """
    items = overdue_items(company_id, on, customer_id=customer_id)
    if not items:
        return []
    besides = standing(company_id, on, {item.currency_id for item in items}, customer_ids=[customer_id] if customer_id else None)
    letters = letters_of(items, besides)
    names = dict(Party.objects.filter(company_id=company_id, pk__in={letter.customer_id for letter in letters}).values_list("pk", "name"))
    for letter in letters:
        letter.customer_name = names[letter.customer_id]
    return sorted(letters, key=lambda letter: (letter.customer_name, letter.customer_id, letter.currency_id))


class DunningState(NamedTuple):
    """Where a customer stands: the highest level of an open item, whether that stops delivery, the last letter, blocks that hold today."""

    level: int
    stops_delivery: bool
    last: DunningNotice | None
    blocks: list[DunningBlock]


def dunning_state(company_id: int, party_id: int, on: date) -> DunningState:
    """A customer's state on a day."""
    levels = set(DunningNoticeLine.objects.filter(
        company_id=company_id, is_issued=True, item__party_id=party_id, item__open_currency__gt=0).values_list("level", flat=True))
    stopping = set(DunningLevel.objects.filter(company_id=company_id, stops_delivery=True).values_list("position", flat=True)) if levels else set()
    last = DunningNotice.objects.filter(company_id=company_id, customer_id=party_id, status__in=DunningNotice.STANDING).order_by("-issued_on", "-pk").first()
    blocks = list(DunningBlock.objects.filter(company_id=company_id, customer_id=party_id, until__gte=on))
    return DunningState(max(levels, default=0), bool(levels & stopping), last, blocks)


def customers_stopped_by(run_id: int) -> list[int]:
    """Customers whom a posted run brought to a level that stops delivery."""
    run = DunningRun.objects.get(pk=run_id)
    stopping = DunningLevel.objects.filter(company_id=run.company_id, stops_delivery=True).values("position")
    lines = DunningNoticeLine.objects.filter(run=run, is_issued=True, level__in=stopping)
    return sorted(set(lines.values_list("notice__customer_id", flat=True)))


def open_customers(company_id: int) -> QuerySet[Party]:
    """Customers with anything open on receivables."""
    items = OpenItem.objects.filter(company_id=company_id).filter(~Q(open_amount=0))
    return Party.objects.filter(company_id=company_id, is_customer=True, pk__in=items.values("party"))


def policy_of(company_id: int) -> DunningPolicy:
    """The company's policy; without one: nothing happens by itself."""
    known = DunningPolicy.objects.filter(company_id=company_id).first()
    return known or DunningPolicy(company_id=company_id, proposes_daily=False)


def charges_of(notice: DunningNotice) -> list[Any]:
    """The open items of a letter's fee and interest."""
    return list(OpenItem.objects.filter(document_key=notice.key, kind__in=CHARGE_KINDS, amount__gt=0).order_by("pk"))
