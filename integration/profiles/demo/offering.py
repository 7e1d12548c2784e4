"""Quotes that became no order: turned down, run out, revised, still open."""

from datetime import date, timedelta
from decimal import Decimal

from crm.quotes.models import Quote
from crm.quotes.services import QuoteLineInput, draft_quote, expire_quote, reject_quote, revise_quote, send_quote
from integration.profiles.demo.plan import Happening
from integration.profiles.demo.story import Story, tells
from suite.kernel.users.service_user import service_user

REASONS = ("Too expensive", "Bought elsewhere", "The project was put off")


@tells("offers", by="sales")
def offers(story: Story, happening: Happening) -> None:
    """Each quarter one quote is turned down, one runs out and one is revised; the last quarter's are still open."""
    sales = story.person("sales")
    is_last = (story.plan.today - happening.on).days < 90

    turned_down = send_quote(_draft(story, happening.subject, happening.on), actor=sales, on=happening.on)
    revised = send_quote(_draft(story, happening.subject + 2, happening.on), actor=sales, on=happening.on)
    revise_quote(revised, actor=sales, on=happening.on + timedelta(days=4))
    if is_last:
        send_quote(_draft(story, happening.subject + 4, story.plan.today - timedelta(days=2)), actor=sales, on=story.plan.today)
        _draft(story, happening.subject + 5, story.plan.today)
        return
    reject_quote(turned_down, actor=sales, reason=REASONS[happening.subject % len(REASONS)])
    run_out = send_quote(_draft(story, happening.subject + 1, happening.on), actor=sales, on=happening.on)
    expire_quote(run_out, actor=service_user(company_id=story.company_id), on=happening.on + timedelta(days=31))


def _draft(story: Story, number: int, on: date) -> Quote:
    sale = story.plan.sales[(number * 37) % len(story.plan.sales)]
    return draft_quote(
        company_id=story.company_id, customer_id=story.house.customers[sale.customer], actor=story.person("sales"), quote_date=on,
        valid_until=on + timedelta(days=30), lines=[QuoteLineInput(story.house.products[good], Decimal(quantity * 2)) for good, quantity in sale.lines],
    )
