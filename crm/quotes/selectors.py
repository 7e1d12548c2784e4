"""Reads of quotes worth a name."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from crm.margins.selectors import judge_lines, with_floors_known
from crm.pricing.rules import plain
from crm.quotes.models import Quote, QuoteLine


@dataclass(frozen=True)
class Difference:
    """One thing that differs: what it is, as it was, as it is. An empty side: it was not there."""

    what: str
    before: str
    after: str


def lines_of(quote: Quote) -> list[QuoteLine]:
    """The lines in printed order, with product and tax, and whether the company has margin floors. One statement."""
    lines = QuoteLine.objects.filter(quote=quote).select_related("product", "tax").order_by("position", "pk")
    return list(with_floors_known(lines, quote.company_id))


def is_below_floor(quote: Quote) -> bool:
    """Whether sending the quote needs an approval: a line is below its margin floor today."""
    return any(line.is_under for line in judge_lines(quote, lines_of(quote)))


def revisions_of(quote: Quote) -> list[Quote]:
    """All revisions under the quote's number, newest first."""
    return list(Quote.objects.filter(company_id=quote.company_id, number=quote.number).order_by("-revision"))


def differences(quote: Quote) -> list[Difference]:
    """What a revision changed against the one it revises, header first; empty for a first revision."""
    if quote.revises_id is None:
        return []
    before, found = quote.revises, []
    for field in ("customer", "currency", "price_list", "payment_term", "valid_until", "requested_on", "billing_address", "shipping_address"):
        was, is_now = getattr(before, field), getattr(quote, field)
        if was != is_now:
            found.append(Difference(str(Quote._meta.get_field(field).verbose_name), _text(was), _text(is_now)))
    found += _line_differences(lines_of(before), lines_of(quote))
    for field in ("net", "tax", "gross"):
        was, is_now = getattr(before, field), getattr(quote, field)
        if was != is_now:
            found.append(Difference(str(Quote._meta.get_field(field).verbose_name), number_format(was), number_format(is_now)))
    return found


def _line_differences(before: Sequence[QuoteLine], after: Sequence[QuoteLine]) -> list[Difference]:
    """Lines are matched by product, in order."""
    waiting: dict[int, list[QuoteLine]] = defaultdict(list)
    for line in before:
        waiting[line.product_id].append(line)
    found = []
    for line in after:
        was = waiting[line.product_id].pop(0) if waiting[line.product_id] else None
        if was is None:
            found.append(Difference(str(line.product), "", _words(line)))
        elif _words(was) != _words(line):
            found.append(Difference(str(line.product), _words(was), _words(line)))
    found += [Difference(str(line.product), _words(line), "") for left in waiting.values() for line in left]
    return found


def _words(line: QuoteLine) -> str:
    price = "–" if line.unit_price is None else plain(line.unit_price)
    words = f"{plain(line.quantity)} × {price}"
    return _("%(words)s less %(percent)s %%") % {"words": words, "percent": plain(line.discount * 100)} if line.discount else words


def _text(value) -> str:
    return "" if value is None else str(value)


def open_quotes(customer_id: int) -> QuerySet[Quote]:
    """The customer's quotes that may still become orders, newest first."""
    return Quote.objects.filter(customer_id=customer_id, status__in=(Quote.Status.DRAFT, Quote.Status.SENT)).order_by("-pk")


def expired_quotes(on: date) -> QuerySet[Quote]:
    """Sent quotes whose last day is before `on`, in every company."""
    return Quote.objects.filter(status=Quote.Status.SENT, valid_until__lt=on).order_by("pk")
