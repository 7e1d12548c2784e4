"""A customer accepts an offer: exactly one order, at the prices offered."""

from collections.abc import Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.customers.selectors import customer_of, refuse_inactive
from crm.orders.services import OrderLineInput, draft_order
from crm.orders.signals import credit_asked
from crm.pricing.rules import Wanted, plain
from crm.pricing.selectors import resolve_prices
from crm.pricing.services import refuse_bad_lines
from crm.quotes.models import Quote, QuoteLine
from crm.quotes.selectors import lines_of
from crm.quotes.signals import quote_accepted
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import transition
from suite.kernel.parties.models import Party
from suite.kernel.taxes.selectors import taxes_for

Status = Quote.Status


@transition(
    Quote, "accept", source={Status.SENT}, target=Status.ACCEPTED, label=gettext_lazy("Accept"), after=quote_accepted, icon="thumb-up", order=20,
)
def accept_quote(quote: Quote, *, actor, act, order_date: date | None = None, customer_reference: str = "") -> None:
    """The quote, accepted: one draft order at the quoted prices (`quote.orders`). What the price list says today is noted, and so is credit.

    Raises Refusal when the quote has expired, the customer or a product is no longer active, or a tax is no longer the one quoted.
    """
    today = order_date or timezone.localdate()
    if quote.valid_until < today:
        raise Refusal(
            _("%(quote)s expired on %(day)s; no order was made.") % {"quote": quote, "day": quote.valid_until}, code="quote_expired",
            hint=_("Revise the quote and send it again."),
        )
    customer = customer_of(company_id=quote.company_id, customer_id=quote.customer_id)
    refuse_inactive(customer)
    lines = lines_of(quote)
    refuse_bad_lines(lines, {line.product_id: line.product for line in lines})
    _refuse_changed_taxes(quote, customer, lines, today)
    quote.price_check = _price_check(quote, lines, today)
    order = draft_order(
        company_id=quote.company_id, customer_id=quote.customer_id, actor=actor, order_date=today, currency_id=quote.currency_id,
        requested_on=quote.requested_on if quote.requested_on and quote.requested_on >= today else None, price_list_id=quote.price_list_id,
        payment_term_id=quote.payment_term_id, billing_address=quote.billing_address, shipping_address=quote.shipping_address,
        customer_reference=customer_reference or quote.customer_reference, sales_representative_id=quote.sales_representative_id,
        note=quote.note, quote_id=quote.pk, source_key=quote.key, prices_include_tax=quote.prices_include_tax,
        lines=[
            OrderLineInput(
                line.product_id, line.quantity, line.unit_price, line.discount, line.description, tax_id=line.tax_id,
                price_rule=_("as quoted in %(quote)s") % {"quote": quote},
            )
            for line in lines
        ],
    )
    answer = credit_asked.ask(document=order, act=act)
    if answer is None:
        quote.credit_result = _("No credit check.")
    else:
        quote.credit_result = (_("Within the credit limit.") if answer.is_within else str(answer.message))[:200]
    act.payload["order"] = order.key


def _refuse_changed_taxes(quote: Quote, customer: Party, lines: Sequence[QuoteLine], on: date) -> None:
    products = {line.product_id: line.product for line in lines if not line.tax_is_manual}
    today = taxes_for(company_id=quote.company_id, party=customer, products=list(products.values()), on=on)
    for line in lines:
        if line.tax_is_manual:
            continue
        tax = today[line.product_id].tax
        if tax is None or tax.pk != line.tax_id or tax.rate != line.tax_rate:
            raise Refusal(
                _("Line %(line)s, %(product)s was quoted with %(before)s; today it is %(after)s. No order was made.")
                % {"line": line.position, "product": line.product, "before": line.tax, "after": tax or _("no tax")},
                field="lines", code="tax_changed", hint=_("Revise the quote, so that the customer sees the right tax."),
            )


def _price_check(quote: Quote, lines: Sequence[QuoteLine], on: date) -> str:
    """What today's price list says of each quoted price that differs. The quoted price holds: an offer binds."""
    answers = resolve_prices(
        company_id=quote.company_id, customer_id=quote.customer_id, wanted=[Wanted(line.product_id, line.quantity) for line in lines], on=on,
        currency_id=quote.currency_id, price_list_id=quote.price_list_id or 0, prices_include_tax=quote.prices_include_tax,
    )
    notes = [
        _("Line %(line)s: quoted at %(quoted)s, today %(today)s (%(rule)s).") % {
            "line": line.position, "quoted": _price(line.unit_price, line.discount), "today": _price(answer.unit_price, answer.discount),
            "rule": answer.rule or _("no price"),
        }
        for line, answer in zip(lines, answers, strict=True)
        if (line.unit_price, line.discount) != (answer.unit_price, answer.discount)
    ]
    return "\n".join(notes) or _("All prices are as the price list says today.")


def _price(unit_price, discount) -> str:
    if unit_price is None:
        return "–"
    return f"{plain(unit_price)} −{plain(discount * 100)} %" if discount else plain(unit_price)
