"""Pricing a quote or an order: terms from the customer, prices from the lists, tax from the product or the customer, totals from all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.customers.selectors import customer_of, terms_of
from crm.pricing.models import PricedDocument, PricedLine, PriceList
from crm.pricing.rules import Wanted
from crm.pricing.selectors import list_for, price_lists, resolve_prices
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.prepared import prepared
from suite.kernel.money.rules import line_net
from suite.kernel.parties.models import Party
from suite.kernel.parties.selectors import printed_addresses
from suite.kernel.products.models import Product
from suite.kernel.taxes.models import Tax
from suite.kernel.taxes.rules import TaxableLine, tax_document
from suite.kernel.taxes.selectors import taxes_for

ZERO = Decimal(0)
PRICED_FIELDS = (
    "kind", "description", "unit_price", "discount", "resolved_price", "resolved_discount", "price_rule", "price_is_manual", "tax", "tax_rate",
    "tax_reason", "net",
)
Line = TypeVar("Line", bound=PricedLine)


@dataclass(frozen=True)
class LineInput:
    """A line to be quoted or ordered. No price or discount (a share): from the price list. `price_rule` marks a price as agreed elsewhere,
    and says where; `tax_id` a tax chosen by hand.
    """

    product_id: int
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    description: str = ""
    kind: str | None = None
    tax_id: int | None = None
    price_rule: str = ""


def new_lines(line_class: type[Line], inputs: Sequence[LineInput], *, company_id: int, **parent) -> list[Line]:
    """Unsaved, unpriced lines. Raises Refusal for a tax that is not the company's. One statement where a tax is named, else none."""
    wanted = {line.tax_id for line in inputs if line.tax_id}
    taxes = Tax.objects.filter(company_id=company_id).in_bulk(wanted) if wanted else {}
    rows = []
    for position, line in enumerate(inputs, 1):
        if line.tax_id and line.tax_id not in taxes:
            raise Refusal(
                _("Line %(line)s: there is no such tax; nothing was saved.") % {"line": position}, field="lines", code="unknown_tax",
            )
        rows.append(line_class(
            company_id=company_id, position=position, product_id=line.product_id, quantity=line.quantity, unit_price=line.unit_price,
            discount=line.discount, description=line.description, tax=taxes.get(line.tax_id), tax_is_manual=bool(line.tax_id),
            tax_reason=_("Chosen by hand.") if line.tax_id else "", **parent,
        ))
    return rows


def keep_agreed_prices(lines: Sequence[PricedLine], inputs: Sequence[LineInput]) -> None:
    """Marks prices agreed elsewhere, so that no later pricing takes them for its own."""
    for line, given in zip(lines, inputs, strict=True):
        if given.price_rule:
            line.price_rule, line.price_is_manual = given.price_rule[:200], True
            line.resolved_price = line.resolved_discount = None


def forget_terms(document: PricedDocument, kept: PricedDocument, *, fields: Sequence[str]) -> None:
    """Empties what came from another customer and was not typed anew, so that it is filled from the new one."""
    if kept.customer_id == document.customer_id:
        return
    for field in (*fields, "price_list_id", "payment_term_id", "sales_representative_id", "billing_address", "shipping_address"):
        if getattr(document, field) == getattr(kept, field):
            setattr(document, field, "" if field.endswith("address") else None)


def fill_terms(
    document: PricedDocument, *, company: Company, customer: Party, on, actor, lists: Mapping[int, PriceList] | None = None,
) -> Mapping[int, PriceList]:
    """Fills what is empty on the document from the customer and the company; writes nothing. Returns the price lists it read.

    The price list decides the currency (unless one was typed) and whether prices include tax. Raises Refusal when list and currency
    disagree.
    """
    lists = price_lists(company.pk) if lists is None else lists
    terms = terms_of(customer)
    if document.price_list_id is None:
        found = list_for(lists, own_id=terms.price_list_id if terms else None, currency_id=document.currency_id, on=on)
        document.price_list_id = found.pk if found else None
    chosen = lists.get(document.price_list_id)
    if document.price_list_id and chosen is None:
        raise Refusal(_("There is no such price list; nothing was saved."), field="price_list", hint=_("Choose one from the list."))
    if document.currency_id is None:
        document.currency_id = chosen.currency_id if chosen else company.currency_id
    elif chosen is not None and chosen.currency_id != document.currency_id:
        raise Refusal(
            _("Price list %(list)s is in %(theirs)s, the document in %(ours)s; nothing was saved.")
            % {"list": chosen, "theirs": chosen.currency_id, "ours": document.currency_id},
            field="currency", hint=_("Choose a price list in this currency, or leave the currency empty."),
        )
    document.prices_include_tax = chosen.prices_include_tax if chosen else False
    if document._state.adding:
        document.tax_rounding = company.tax_rounding
    if document.payment_term_id is None:
        document.payment_term_id = customer.payment_term_id
    if document.sales_representative_id is None:
        document.sales_representative_id = customer.sales_representative_id
    if not (document.billing_address and document.shipping_address):
        billing, shipping = printed_addresses(customer.pk)
        document.billing_address = document.billing_address or billing
        document.shipping_address = document.shipping_address or shipping
    return lists


def products_of(company_id: int, lines: Sequence[PricedLine]) -> dict[int, Product]:
    """The products of the lines, with their tax. Raises Refusal for one that is unknown in this company. One statement."""
    products = {product.pk: product for product in _products_with_tax(company_id, [line.product_id for line in lines if line.product_id])}
    for line in lines:
        if line.product_id not in products:
            raise Refusal(
                _("Line %(line)s: there is no such product; nothing was saved.") % {"line": line.position}, field="lines",
                code="unknown_product", hint=_("Choose a product from the list."),
            )
    return products


@prepared
def _products_with_tax(company_id: int, product_ids: list[int]) -> QuerySet[Product]:
    return Product.objects.filter(company_id=company_id, pk__in=product_ids).select_related("tax").order_by()


def refuse_bad_lines(lines: Sequence[PricedLine], products: Mapping[int, Product]) -> None:
    """Raises Refusal for a quantity of zero or less, a product no longer sold, a price below zero, a discount outside 0 to 1."""
    for line in lines:
        product, at = products[line.product_id], {"line": line.position, "product": products[line.product_id]}
        if not line.quantity > 0:
            raise Refusal(_("Line %(line)s, %(product)s: enter a quantity above zero.") % at, field="lines", code="bad_quantity")
        if not product.is_active:
            raise Refusal(
                _("Line %(line)s: %(product)s is no longer sold.") % at, field="lines", code="inactive_product",
                hint=_("Take the line out, or set the product active again."),
            )
        if line.unit_price is not None and line.unit_price < 0:
            raise Refusal(_("Line %(line)s, %(product)s: a price is not below zero.") % at, field="lines", code="bad_price")
        if line.discount is not None and not 0 <= line.discount <= 1:
            raise Refusal(
                _("Line %(line)s, %(product)s: a discount is a share from 0 to 1 (0.15 is 15 %%).") % at, field="lines",
                code="bad_discount",
            )


def price_lines(
    document: PricedDocument, lines: Sequence[PricedLine], *, company: Company, customer: Party, on, actor,
    lists: Mapping[int, PriceList] | None = None, digits: int | None = None,
) -> None:
    """Sets product facts, price, tax and totals on document and lines; writes nothing.

    A price or discount typed by a person stays (`price_is_manual`); one that was found is found anew. Raises Refusal for lines that
    cannot stand, and when the customer's tax treatment has no tax set up.
    """
    products = products_of(company.pk, lines)
    refuse_bad_lines(lines, products)
    answers = resolve_prices(
        company_id=company.pk, customer_id=customer.pk, wanted=[Wanted(line.product_id, line.quantity) for line in lines], on=on,
        currency_id=document.currency_id, price_list_id=document.price_list_id or 0, prices_include_tax=document.prices_include_tax,
        lists=lists, products=products, company=company,
    )
    taxes = taxes_for(company_id=company.pk, party=customer, products=list(products.values()), on=on)
    for line, answer in zip(lines, answers, strict=True):
        product = products[line.product_id]
        line.product, line.kind = product, product.kind
        line.description = line.description or product.name[:200]
        line.considered = answer.considered
        _set_price(line, answer.unit_price, answer.discount, answer.rule)
        if not line.tax_is_manual:
            line.tax, line.tax_reason = taxes[product.pk].tax, taxes[product.pk].reason[:200]
        line.tax_rate = line.tax.rate if line.tax_id else ZERO
    total_up(document, lines, digits=document.currency.digits if digits is None else digits)


def _set_price(line: PricedLine, price: Decimal | None, discount: Decimal, rule: str) -> None:
    typed_price = line.unit_price is not None and line.unit_price not in (line.resolved_price, price)
    typed_discount = line.discount is not None and line.discount not in (line.resolved_discount, discount)
    line.price_is_manual = typed_price or typed_discount
    line.resolved_price, line.resolved_discount = price, discount
    if not typed_price:
        line.unit_price = price
    if not typed_discount:
        line.discount = ZERO if typed_price else discount
    line.price_rule = (_("by hand; found: %(rule)s") % {"rule": rule or _("no price")} if line.price_is_manual else rule)[:200]


def parties_to(document: PricedDocument, *, unnamed: str = "") -> tuple[Company, Party]:
    """The company that sells and the customer who buys, set on the document. Raises Refusal, `unnamed`, where no customer was chosen, and for an
    unknown one.
    """
    if document.customer_id is None:
        raise Refusal(unnamed or _("Choose a customer."), field="customer")
    document.company = Company.objects.select_related("currency").get(pk=document.company_id)
    document.customer = customer_of(company_id=document.company_id, customer_id=document.customer_id)
    return document.company, document.customer


def price_saved(document: PricedDocument, lines: Sequence[PricedLine], *, actor) -> None:
    """Prices, taxes and totals of a document that was just saved, anew; writes the lines, leaves the document to be written. What a person
    typed stays.
    """
    if not lines:
        document.net = document.tax = document.gross = ZERO
        return
    price_lines(document, lines, company=document.company, customer=document.customer, on=document.priced_on, actor=actor)
    type(lines[0]).objects.bulk_update(lines, PRICED_FIELDS)


def total_up(document: PricedDocument, lines: Sequence[PricedLine], *, digits: int) -> None:
    """Sets the net of each line and net, tax and total of the document (flows 0.3), in document currency; writes nothing."""
    taxed = tax_document(
        [
            TaxableLine(
                line_net(line.billed_quantity, line.unit_price or ZERO, line.discount or ZERO, digits), line.tax_id or 0, line.tax_rate,
                line.tax.plan if line.tax_id else (),
            )
            for line in lines
        ],
        prices_include_tax=document.prices_include_tax, per_line=document.tax_rounding == Company.TaxRounding.PER_LINE, digits=digits,
    )
    for line, net in zip(lines, taxed.line_nets, strict=True):
        line.net = net
    document.net, document.tax, document.gross = taxed.net, taxed.tax, taxed.gross


@editing(PriceList)
def check_price_list(price_list: PriceList, *, actor) -> None:
    """Refuses a parent in another currency or tax treatment, or one that looks back here."""
    try:
        price_list.clean()
    except ValidationError as error:
        raise Refusal(str(error.message_dict["parent"][0]), field="parent", code="bad_parent") from None
