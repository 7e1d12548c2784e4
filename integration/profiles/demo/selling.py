"""What sales does: quotes, orders, and the changes of mind afterwards."""

from datetime import timedelta
from decimal import Decimal

from crm.orders.models import Order, OrderLine
from crm.orders.services import LineChange, OrderLineInput, amend_order, cancel_order, close_order_short, confirm_order, draft_order
from crm.quotes.models import Quote
from crm.quotes.services import QuoteLineInput, accept_quote, draft_quote, send_quote
from integration.profiles.demo.plan import Happening, Sale
from integration.profiles.demo.story import PREFIX, Story, reference, tells

OPEN = (Order.Status.CONFIRMED, Order.Status.ON_HOLD)


def order_lines(story: Story, sale: Sale) -> list[OrderLineInput]:
    """The sale's lines, priced by the customer's list, with freight where the order is small."""
    lines = [OrderLineInput(story.house.products[good], Decimal(quantity)) for good, quantity in sale.lines]
    if sale.freight:
        lines.append(OrderLineInput(
            story.house.freight_id, Decimal(1), unit_price=sale.freight, discount=Decimal(0), kind=OrderLine.Kind.CHARGE,
        ))
    return lines


@tells("order", by="sales")
def order(story: Story, happening: Happening) -> None:
    sale = story.sale(happening)
    draft = draft_order(
        company_id=story.company_id, customer_id=story.house.customers[sale.customer], lines=order_lines(story, sale),
        actor=story.person("sales"), order_date=sale.on, source_key=f"{PREFIX}order/{sale.index}",
        requested_on=sale.dispatched_on + timedelta(days=3), site_id=story.house.sites["NORD"].pk,
        carrier_key=story.house.carriers["KURIER" if sale.express else "NORDLAUF"].key,
    )
    story.orders[sale.index] = confirm_order(draft, actor=story.person("sales")).pk


@tells("quote", by="sales")
def quote(story: Story, happening: Happening) -> None:
    sale = story.sale(happening)
    draft = draft_quote(
        company_id=story.company_id, customer_id=story.house.customers[sale.customer], actor=story.person("sales"),
        lines=[QuoteLineInput(story.house.products[good], Decimal(quantity)) for good, quantity in sale.lines],
        quote_date=happening.on, valid_until=happening.on + timedelta(days=30), customer_reference=reference(sale),
    )
    send_quote(draft, actor=story.person("sales"), on=happening.on)


@tells("accept", by="sales")
def accept(story: Story, happening: Happening) -> None:
    """The quote becomes an order, which is confirmed the same day."""
    sale = story.sale(happening)
    offered = Quote.objects.filter(company_id=story.company_id, customer_reference=reference(sale), status=Quote.Status.SENT).first()
    if offered is not None:
        accept_quote(offered, actor=story.person("sales"), order_date=happening.on)
        story.orders[sale.index] = confirm_order(Order.objects.get(quote=offered), actor=story.person("sales")).pk


@tells("amend", by="sales")
def amend(story: Story, happening: Happening) -> None:
    """The customer calls and wants more of the first article."""
    found = Order.objects.get(pk=story.orders[happening.subject])
    line = found.lines.filter(kind=OrderLine.Kind.GOODS).order_by("position").first()
    if found.status in OPEN:
        amend_order(
            found, actor=story.person("sales"), reason="The customer wants more of it", on=happening.on,
            changes=[LineChange(line.pk, line.product_id, line.quantity + 2)],
        )


@tells("cancel", by="sales")
def cancel(story: Story, happening: Happening) -> None:
    found = Order.objects.get(pk=story.orders[happening.subject])
    if found.status in OPEN:
        cancel_order(found, actor=story.person("sales"), reason="Ordered by mistake", on=happening.on)


@tells("close_short", by="sales")
def close_short(story: Story, happening: Happening) -> None:
    found = Order.objects.get(pk=story.orders[happening.subject])
    if found.status in OPEN and any(line.open_quantity > 0 for line in found.lines.all()):
        close_order_short(found, actor=story.person("sales"), reason="The customer no longer waits for the rest", on=happening.on)
