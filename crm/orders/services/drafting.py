"""Making an order, and what happens to one that a page, the API or an import saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.customers.selectors import customer_of, refuse_inactive, terms_of
from crm.orders.models import Order, OrderLine
from crm.orders.services.deriving import derive_statuses
from crm.pricing.services import LineInput, fill_terms, forget_terms, keep_agreed_prices, new_lines, parties_to, price_lines, price_saved
from suite.access.permissions import may
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited, editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.numbering.services import next_number
from suite.kernel.parties.models import Party
from suite.kernel.sites.models import Site
from suite.kernel.users.service_user import recorded_id

SERIES = "SO"


@dataclass(frozen=True)
class OrderLineInput(LineInput):
    """A line to be ordered."""


def draft_order(
    *, company_id: int, customer_id: int, lines: Sequence[OrderLineInput], actor, order_date: date, currency_id: str | None = None,
    site_id: int | None = None, source_key: str | None = None, requested_on: date | None = None, price_list_id: int | None = None,
    payment_term_id: int | None = None, billing_address: str = "", shipping_address: str = "", customer_reference: str = "",
    sales_representative_id: int | None = None, carrier_key: str = "", note: str = "", quote_id: int | None = None,
    prices_include_tax: bool | None = None,
) -> Order:
    """A new draft order, numbered, priced and taxed; with a `source_key` known already, the order made from it the first time.

    What is not given comes from the customer's terms, then from the company. Amounts are in the order's currency.
    Raises PermissionDenied, or Refusal with the field for an unknown or inactive customer, product or site, bad quantities or prices.
    """
    def draft() -> Order:
        if not may(actor, Order, "add"):
            raise PermissionDenied(_("You may not make orders."))
        if source_key:
            known = Order.objects.filter(company_id=company_id, source_key=source_key).first()
            if known is not None:
                return known
        company = Company.objects.select_related("currency").get(pk=company_id)
        customer = customer_of(company_id=company_id, customer_id=customer_id)
        order = Order(
            company=company, customer=customer, order_date=order_date, currency_id=currency_id, site_id=site_id, source_key=source_key,
            requested_on=requested_on, price_list_id=price_list_id, payment_term_id=payment_term_id, billing_address=billing_address,
            shipping_address=shipping_address, customer_reference=customer_reference, sales_representative_id=sales_representative_id,
            carrier_key=carrier_key, note=note, quote_id=quote_id, status=Order.Status.DRAFT, created_by_id=recorded_id(actor),
        )
        price_lists = _complete_header(order, company, customer, actor)
        if prices_include_tax is not None:
            order.prices_include_tax = prices_include_tax
        rows = new_lines(OrderLine, lines, company_id=company_id, order=order)
        if rows:
            price_lines(order, rows, company=company, customer=customer, on=order_date, actor=actor, lists=price_lists)
        keep_agreed_prices(rows, lines)
        derive_statuses(order, rows)
        order.number = next_number(company_id=company_id, series=SERIES)
        insert_row(order)
        insert_rows(rows)
        return order

    def draft_or_find() -> Order:
        if not source_key:
            return draft()
        try:
            with transaction.atomic():
                return draft()
        except IntegrityError:
            known = Order.objects.filter(company_id=company_id, source_key=source_key).first()
            if known is None:
                raise
            return known

    return in_unit_of_work(draft_or_find, actor=actor)


def _complete_header(order: Order, company: Company, customer: Party, actor):
    """Everything on the header that follows from customer and company. Returns the price lists it read."""
    refuse_inactive(customer)
    if order.requested_on and order.requested_on < order.order_date:
        raise Refusal(_("The goods are wanted before the order date; correct one of the two dates."), field="requested_on")
    price_lists = fill_terms(order, company=company, customer=customer, on=order.order_date, actor=actor)
    if order.currency_id == company.currency_id:
        order.currency = company.currency
    if order._state.adding:
        order.invoice_policy = company.invoice_policy
    if order.site_id is None:
        terms = terms_of(customer)
        order.site_id = terms.site_id if terms and terms.site_id else None
        if order.site_id is None:
            order.site_id = Site.objects.filter(company_id=company.pk).order_by("pk").values_list("pk", flat=True).first()
    elif not Site.objects.filter(company_id=company.pk, pk=order.site_id).exists():
        raise Refusal(_("There is no such site; nothing was saved."), field="site", hint=_("Choose a site from the list."))
    return price_lists


@editing(Order)
def complete_header(order: Order, *, actor) -> None:
    """Fills the header of an order that a person or program saves; a new customer brings new terms unless they were typed."""
    company, customer = parties_to(order, unnamed=_("Choose the customer who orders."))
    if order.pk:
        forget_terms(order, Order.objects.get(pk=order.pk), fields=("site_id",))
    else:
        order.number = order.number or next_number(company_id=company.pk, series=SERIES)
    _complete_header(order, company, customer, actor)


def price_unsaved_order(order: Order, lines: Sequence[OrderLine], *, actor) -> None:
    """Sets terms, prices, taxes and totals on an order and lines that are still being typed; writes nothing. Raises Refusal."""
    company, customer = parties_to(order)
    order.order_date = order.order_date or timezone.localdate()
    price_lists = _complete_header(order, company, customer, actor)
    price_lines(order, lines, company=company, customer=customer, on=order.order_date, actor=actor, lists=price_lists)


@edited(Order)
def price_order(order: Order, *, actor) -> None:
    """Prices, taxes and totals of an order that was just saved. What a person typed stays; what was found is found anew."""
    lines = list(OrderLine.objects.filter(order=order).select_related("tax").order_by("position", "pk"))
    for line in lines:
        line.order = order
    price_saved(order, lines, actor=actor)
    derive_statuses(order, lines)
    order.save(update_fields=["net", "tax", "gross", "delivery_status", "invoice_status"])
