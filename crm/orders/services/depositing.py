"""Money asked for before an order is delivered."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.orders.models import Order
from crm.orders.selectors import lines_of
from crm.orders.signals import OrderedUnderTax, deposit_asked
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import transition
from suite.kernel.money.rules import line_net
from suite.kernel.taxes.rules import TaxableLine, tax_document

Status = Order.Status


@transition(
    Order, "ask_deposit", source={Status.CONFIRMED, Status.ON_HOLD}, target=None, label=gettext_lazy("Ask for a deposit"), icon="coin", order=45,
)
def ask_for_deposit(
    order: Order, *, actor, act, percent: Decimal | None = None, amount: Decimal | None = None, issued_on: date | None = None,
) -> None:
    """A deposit invoice for a percentage of the order or an amount (with tax), issued. Raises Refusal: neither or both, above what is left to ask."""
    lines = [line for line in lines_of(order) if line.billed_quantity and line.tax_id]
    if not lines:
        raise Refusal(_("No line of %(order)s bears a tax: no deposit was asked for.") % {"order": order}, hint=_("Give the lines a tax code."))
    ordered = []
    for tax_id, rate in dict.fromkeys((line.tax_id, line.tax_rate) for line in lines):
        under = [line for line in lines if (line.tax_id, line.tax_rate) == (tax_id, rate)]
        taxed = tax_document(
            [
                TaxableLine(line_net(line.billed_quantity, line.unit_price, line.discount, order.currency.digits), tax_id, rate, line.tax.plan)
                for line in under
            ],
            prices_include_tax=order.prices_include_tax, per_line=order.tax_rounding == Company.TaxRounding.PER_LINE, digits=order.currency.digits,
        )
        ordered.append(OrderedUnderTax(tax_id, rate, taxed.gross))
    act.payload["deposit"] = deposit_asked.ask(order=order, ordered=ordered, percent=percent, amount=amount, issued_on=issued_on, act=act)
