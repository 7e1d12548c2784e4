"""Customers who pay late: levels with letters in two languages, a run that is done, a dispute, and a run that waits for somebody to look at it."""

from datetime import date, timedelta
from decimal import Decimal

from erp.allowances.models import AllowanceRate
from erp.dunning.models import BaseRate, DunningBlock, DunningNotice, DunningPolicy, DunningRun, DunningText
from erp.dunning.selectors import overdue_items
from erp.dunning.services import (
    block_dunning,
    draft_dunning_run,
    post_dunning_run,
    propose_dunning_run,
    send_notice,
    set_up_levels,
)
from erp.giveaways.services import set_up_reasons
from integration.profiles.demo.story import Story
from suite.kernel.calendars.models import Period
from suite.kernel.parties.selectors import mail_address

TEXTS = {
    "en": ("Payment reminder {number}", "we have not seen your payment of the items below; perhaps our letters crossed.", "Please pay {total} by {pay_by}."),
    "de": ("Zahlungserinnerung {number}", "für die unten genannten Posten haben wir noch keine Zahlung gesehen; vielleicht hat sie sich mit diesem Brief"
           " gekreuzt.", "Bitte zahlen Sie {total} bis {pay_by}."),
}
RATES = (("not_due", "0.5"), ("to_30", "2"), ("to_60", "10"), ("to_90", "25"), ("older", "50"))
SENT = 3


def tell_dunning(story: Story) -> None:
    """Levels, rates and reasons; letters of some weeks ago, one of them disputed since; and today's proposal. What is there already stays."""
    finance, company = story.person("finance"), story.house.company
    levels = set_up_levels(company_id=company.pk, actor=finance)
    set_up_reasons(company_id=company.pk, actor=finance)
    if DunningPolicy.objects.filter(company=company).exists():
        return
    for language, (subject, opening, closing) in TEXTS.items():
        DunningText.objects.create(company=company, level=levels[0], language=language, subject=subject, opening=opening, closing=closing)
    BaseRate.objects.create(company=company, valid_from=story.plan.first, rate=Decimal("1.27"))
    AllowanceRate.objects.bulk_create(AllowanceRate(company=company, age=age, percent=Decimal(percent)) for age, percent in RATES)
    _letters(story, _day_of_letters(story))
    run = draft_dunning_run(company_id=company.pk, as_of=story.plan.today, actor=finance)
    propose_dunning_run(run, actor=finance)
    DunningPolicy.objects.create(company=company)


def _day_of_letters(story: Story) -> date:
    """Two weeks ago, or the first day that is still open."""
    first = Period.objects.filter(company_id=story.company_id, is_closing=False, status=Period.Status.OPEN).order_by("starts_on").first()
    return min(max(story.plan.today - timedelta(days=14), first.starts_on), story.plan.today)


def _letters(story: Story, on: date) -> None:
    """A run that was posted, some of its letters sent, one customer not convinced."""
    finance = story.person("finance")
    if DunningRun.objects.filter(company_id=story.company_id).exists() or not overdue_items(story.company_id, on):
        return
    run = propose_dunning_run(draft_dunning_run(company_id=story.company_id, as_of=on, actor=finance), actor=finance)
    if not run.letters:
        return
    run = post_dunning_run(run, actor=finance)
    issued = list(DunningNotice.objects.filter(run=run, status=DunningNotice.Status.ISSUED).select_related("customer").order_by("pk"))
    for notice in [notice for notice in issued if mail_address(notice.customer)][:SENT]:
        send_notice(notice, actor=finance)
    block_dunning(
        company_id=story.company_id, customer_id=issued[-1].customer_id, item_id=issued[-1].lines.first().item_id, kind=DunningBlock.Kind.DISPUTE,
        reason="Says the goods came damaged; logistics looks into it", until=story.plan.today + timedelta(days=21), actor=finance,
    )
