from django.utils import translation
from django.utils.translation import gettext as _

from crm.orders.models import Order
from crm.pricing.printouts import priced_table
from suite.kernel.printing.letters import Letter, address_lines, day
from suite.kernel.printing.services import Printout


def print_order_confirmation(order: Order) -> Printout:
    """The order as we understood it, with the day each line can leave, in the customer's language."""
    customer = order.customer
    with translation.override(customer.language):
        lines = list(order.lines.select_related("product__unit", "tax").order_by("position"))
        table = priced_table(order, lines, [line.promised_on for line in lines])
        number = f"{order} / {order.revision}" if order.revision else str(order)
        letter = Letter(
            company=order.company, title=_("Order confirmation %(number)s") % {"number": number},
            recipient=address_lines(customer.name, order.billing_address),
            facts=[
                (_("Date"), day(order.order_date)), (_("Customer"), customer.number), (_("Your reference"), order.customer_reference),
                (_("Wanted on"), day(order.requested_on)), (_("Promised on"), day(order.promised_on)),
                (_("Your contact"), order.sales_representative.name if order.sales_representative else ""),
            ],
            columns=table.columns, rows=table.rows, totals=table.totals,
            boxes=[
                (_("Delivery to"), address_lines(customer.name, order.shipping_address) if order.shipping_address else ()),
                (_("Payment"), [order.payment_term.name] if order.payment_term else ()),
            ],
            notes=[*table.notes, order.note, _("Thank you for your order. Please tell us at once if anything here is not as you wish.")],
            stamp=order.get_status_display() if order.status in (Order.Status.DRAFT, Order.Status.ON_HOLD, Order.Status.CANCELLED) else "",
        )
        return Printout(f"order-{order.number or order.pk}.pdf", letter.pdf())
