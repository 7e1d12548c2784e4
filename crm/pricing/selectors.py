"""Prices for a customer: which list wins, and why (B8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.customers.selectors import customer_of, terms_of
from crm.pricing.models import PriceList, PriceListItem
from crm.pricing.rules import Offer, PriceAnswer, Wanted, choose, plain
from suite.kernel.companies.models import Company
from suite.kernel.documents.prepared import prepared
from suite.kernel.money.rules import round_money
from suite.kernel.products.models import Product, ProductCategory


def price_lists(company_id: int) -> dict[int, PriceList]:
    """All price lists of a company by id. One statement."""
    return {row.pk: row for row in _price_lists_of(company_id)}


@prepared
def _price_lists_of(company_id: int) -> QuerySet[PriceList]:
    return PriceList.objects.filter(company_id=company_id)


def is_valid(price_list: PriceList, on: date) -> bool:
    """Whether the list holds on a day."""
    starts, ends = price_list.valid_from, price_list.valid_until
    return (starts is None or starts <= on) and (ends is None or ends >= on)


def list_for(lists: Mapping[int, PriceList], *, own_id: int | None, currency_id: str | None, on: date) -> PriceList | None:
    """The customer's own list where it holds on this day in this currency (None: any), else the company default, else None."""
    own = lists.get(own_id) if own_id else None
    if own is not None and is_valid(own, on) and currency_id in (None, own.currency_id):
        return own
    defaults = [row for row in lists.values() if row.is_default and is_valid(row, on) and currency_id in (None, row.currency_id)]
    return min(defaults, key=lambda row: (row.prices_include_tax, row.pk), default=None)


def resolve_prices(
    *, company_id: int, customer_id: int, wanted: Sequence[Wanted], on: date, currency_id: str, price_list_id: int | None = None,
    prices_include_tax: bool | None = None, lists: Mapping[int, PriceList] | None = None, products: Mapping[int, Product] | None = None,
    company: Company | None = None,
) -> list[PriceAnswer]:
    """A price, or the news that there is none, for each of `wanted`, in `currency_id`, with the rule that won and what else was considered.

    `price_list_id` stands for the customer's own list. What is passed in `lists`, `products`, `company` is not read again. At most six
    statements, however many products. Raises Refusal for an unknown customer.
    """
    if lists is None:
        lists = price_lists(company_id)
    if price_list_id is None:
        terms = terms_of(customer_of(company_id=company_id, customer_id=customer_id))
        price_list_id = terms.price_list_id if terms else None
    if products is None:
        products = Product.objects.filter(company_id=company_id).select_related("tax").in_bulk({want.product_id for want in wanted})
    chain, notes = _chain(lists, price_list_id, currency_id=currency_id, include_tax=prices_include_tax, on=on)
    if prices_include_tax is None:
        prices_include_tax = bool(chain) and chain[0].prices_include_tax
    offers = _offers(chain, products, on)
    company = company or Company.objects.get(pk=company_id)
    answers = []
    for want in wanted:
        product = products.get(want.product_id)
        price, words = _list_price(product, company, currency_id, prices_include_tax)
        answer = choose(want.quantity, offers.get(want.product_id, ()), price, words)
        answers.append(PriceAnswer(answer.unit_price, answer.discount, answer.rule, (*answer.considered, *notes)))
    return answers


def _chain(
    lists: Mapping[int, PriceList], first_id: int | None, *, currency_id: str, include_tax: bool | None, on: date,
) -> tuple[list[PriceList], list[str]]:
    """The lists to look in, nearest first: the given one, its parents, the company default with its parents; and why others were not."""
    chain: list[PriceList] = []
    notes: list[str] = []
    seen: set[int] = set()

    def follow(price_list: PriceList | None) -> None:
        nonlocal include_tax
        while price_list is not None and price_list.pk not in seen:
            seen.add(price_list.pk)
            if price_list.currency_id != currency_id:
                notes.append(_("%(list)s: prices in %(currency)s") % {"list": price_list.name, "currency": price_list.currency_id})
            elif not is_valid(price_list, on):
                notes.append(_("%(list)s: not valid on %(day)s") % {"list": price_list.name, "day": on})
            elif include_tax is not None and price_list.prices_include_tax != include_tax:
                notes.append(_("%(list)s: other treatment of tax in prices") % {"list": price_list.name})
            else:
                include_tax = price_list.prices_include_tax
                chain.append(price_list)
            price_list = lists.get(price_list.parent_id) if price_list.parent_id else None

    follow(lists.get(first_id) if first_id else None)
    for default in sorted((row for row in lists.values() if row.is_default), key=lambda row: (row.prices_include_tax, row.pk)):
        follow(default)
    return chain, notes


def _offers(chain: Sequence[PriceList], products: Mapping[int, Product], on: date) -> dict[int, list[Offer]]:
    """The offers for each product in order of precedence. Two statements at most."""
    if not chain:
        return {}
    items = _items_on(list(products), [row.pk for row in chain], on)
    by_product: dict[tuple[int, int], list[PriceListItem]] = defaultdict(list)
    by_category: dict[tuple[int, int], list[PriceListItem]] = defaultdict(list)
    for item in sorted(items, key=lambda item: -item.min_quantity):
        if item.product_id:
            by_product[item.price_list_id, item.product_id].append(item)
        else:
            by_category[item.price_list_id, item.category_id].append(item)
    categories = {}
    if by_category:
        company_id = chain[0].company_id
        categories = {row.pk: row for row in _categories_of(company_id)}
    result: dict[int, list[Offer]] = {}
    for product in products.values():
        offers = result.setdefault(product.pk, [])
        for price_list in chain:
            offers += [_offer(price_list, item, "") for item in by_product[price_list.pk, product.pk]]
            category, steps = categories.get(product.category_id), 0
            while category is not None and steps < 20:
                offers += [_offer(price_list, item, category.name) for item in by_category[price_list.pk, category.pk]]
                category, steps = categories.get(category.parent_id), steps + 1
    return result


@prepared
def _items_on(product_ids: list[int], price_list_ids: list[int], on: date) -> QuerySet[PriceListItem]:
    day = (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    return PriceListItem.objects.filter(day, Q(product__in=product_ids) | Q(category__isnull=False), price_list__in=price_list_ids)


@prepared
def _categories_of(company_id: int) -> QuerySet[ProductCategory]:
    return ProductCategory.objects.filter(company_id=company_id).order_by()


def _offer(price_list: PriceList, item: PriceListItem, category_name: str) -> Offer:
    return Offer(price_list.name, item.min_quantity, item.unit_price, item.discount, category_name)


def _list_price(product: Product | None, company: Company, currency_id: str, include_tax: bool) -> tuple[Decimal | None, str]:
    """The product's own price where the document is in the company's currency, with tax added where its prices include tax."""
    if product is None or not product.list_price or currency_id != company.currency_id:
        return None, ""
    if not include_tax:
        return product.list_price, _("list price %(price)s") % {"price": plain(product.list_price)}
    rate = product.tax.rate if product.tax_id else Decimal(0)
    price = round_money(product.list_price * (1 + rate), company.currency.digits)
    return price, _("list price %(price)s and %(rate)s %% tax") % {"price": plain(product.list_price), "rate": plain(rate * 100)}
