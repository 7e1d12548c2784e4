"""Margins of a document's lines against their floors, each with the rule that asks for it (B8)."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from django.db.models import Exists, QuerySet
from django.utils.translation import gettext as _

from crm.margins.models import MarginApproval, MarginFloor
from crm.margins.rules import Floor, JudgedLine, floor_for
from crm.margins.signals import cost_asked
from crm.pricing.models import PricedDocument, PricedLine
from crm.pricing.selectors import price_lists
from suite.kernel.companies.models import Company
from suite.kernel.money.models import ExchangeRate
from suite.kernel.products.models import ProductCategory

Line = TypeVar("Line", bound=PricedLine)
MOST_STEPS = 20


def with_floors_known(lines: QuerySet[Line], company_id: int) -> QuerySet[Line]:
    """The lines, each of which also says whether the company has any margin floor: confirming asks nothing more where it has none."""
    return lines.annotate(has_floors=Exists(MarginFloor.objects.filter(company_id=company_id)))


def judge_lines(document: PricedDocument, lines: Sequence[PricedLine]) -> list[JudgedLine]:
    """Each line that charges for something, in order; [] where the company has no floor. At most six statements, however many lines.

    Cost is today's, of stock on hand; a document in another currency is judged at the exchange rate of its own date.
    """
    live = [line for line in lines if line.billed_quantity > 0]
    if not live or not getattr(live[0], "has_floors", True):
        return []
    floors = list(MarginFloor.objects.filter(company_id=document.company_id).select_related("price_list", "category"))
    if not floors:
        return []
    known = {(floor.price_list_id, floor.category_id): Floor(floor.min_margin, _rule(floor)) for floor in floors}
    lists = _lists(document) if any(floor.price_list_id for floor in floors) else []
    parents = _category_parents(document.company_id) if any(floor.category_id for floor in floors) else {}
    costs = cost_asked.ask(company_id=document.company_id, product_ids=[line.product_id for line in live])
    rate = _rate(document)
    judged = []
    for line in live:
        found = floor_for(known, lists, list(_upwards(parents, line.product.category_id)) if parents else [])
        judged.append(JudgedLine(
            position=line.position, product_id=line.product_id, product=str(line.product), quantity=line.billed_quantity, net=line.net,
            cost=_cost(line, costs.get(line.product_id), rate, document.currency.digits),
            floor=found.share if found else None, rule=found.rule if found else "",
        ))
    return judged


def _cost(line: PricedLine, unit_cost: Decimal | None, rate: Decimal | None, digits: int) -> Decimal | None:
    if unit_cost is None and line.kind != line.Kind.GOODS:
        return Decimal(0)
    return None if unit_cost is None or rate is None else round(unit_cost * line.billed_quantity / rate, digits)


def _rule(floor: MarginFloor) -> str:
    words = {"list": floor.price_list, "category": floor.category}
    if floor.price_list_id and floor.category_id:
        return _("price list %(list)s, category %(category)s") % words
    if floor.price_list_id:
        return _("price list %(list)s") % words
    return _("category %(category)s") % words if floor.category_id else _("company policy")


def _lists(document: PricedDocument) -> list[int]:
    """The document's price list and those it looks in otherwise, nearest first."""
    known = price_lists(document.company_id)
    return list(_upwards({pk: row.parent_id for pk, row in known.items()}, document.price_list_id))


def _category_parents(company_id: int) -> dict[int, int | None]:
    return dict(ProductCategory.objects.filter(company_id=company_id).values_list("pk", "parent_id"))


def _upwards(parents: Mapping[int, int | None], first: int | None) -> Iterator[int]:
    for _step in range(MOST_STEPS):
        if first is None:
            return
        yield first
        first = parents.get(first)


def _rate(document: PricedDocument) -> Decimal | None:
    """What one unit of the document's currency is worth in the company's; None where nobody entered it."""
    own = Company.objects.values_list("currency_id", flat=True).get(pk=document.company_id)
    if document.currency_id == own:
        return Decimal(1)
    rates = ExchangeRate.objects.filter(company_id=document.company_id, currency_id=document.currency_id, valid_from__lte=document.priced_on)
    return rates.order_by("-valid_from").values_list("rate", flat=True).first()


def approved_lines(quote_id: int) -> list[JudgedLine]:
    """The lines below the floor that were approved when the quote was offered; [] where none were."""
    approval = MarginApproval.objects.filter(quote_id=quote_id, outcome=MarginApproval.Outcome.APPROVED).order_by("-pk").first()
    return approval.judged if approval else []


def approvals_of(document: PricedDocument) -> list[MarginApproval]:
    """Every approval that was asked for the document, newest first."""
    return list(document.margin_approvals.select_related("asked_by", "decided_by").order_by("-pk"))
