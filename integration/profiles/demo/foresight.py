"""What finance looked ahead to: scenarios, and the forecasts of the last weeks, so that their accuracy shows."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Sum

from erp.forecasting.models import CashScenario, ExcludedCustomer, ScenarioItem
from erp.forecasting.services import take_cash_forecast
from erp.receivables.models import OpenItem
from integration.profiles.demo.story import Story
from suite.kernel.documents.work import in_unit_of_work

WEEKS = 18  # so that some forecasts have their 13 weeks behind them


def tell_foresight(story: Story) -> None:
    """Two scenarios, and the forecast of every seventh day back from today. What is there already stays."""
    finance = story.person("finance")
    in_unit_of_work(lambda: _scenarios(story), actor=finance)
    for back in range(WEEKS, -1, -1):
        on = story.plan.today - timedelta(days=7 * back)
        if on >= story.plan.first:
            take_cash_forecast(company_id=story.company_id, on=on, actor=finance)


def _scenarios(story: Story) -> None:
    late, is_new = CashScenario.objects.get_or_create(
        company_id=story.company_id, name="Customers pay two weeks later",
        defaults={"receipts_shift_days": 14, "lost_share": Decimal("0.02"), "minimum_balance": Decimal(50_000)},
    )
    if is_new:
        ScenarioItem.objects.create(
            company_id=story.company_id, scenario=late, expected_on=story.plan.today + timedelta(days=20), description="Second delivery van",
            amount=Decimal(-38_000),
        )
    without, is_new = CashScenario.objects.get_or_create(company_id=story.company_id, name="The largest customer does not pay")
    owed = OpenItem.objects.filter(company_id=story.company_id, kind=OpenItem.Kind.INVOICE).values("party").annotate(total=Sum("open_amount"))
    largest = owed.order_by("-total", "party").first()
    if is_new and largest:
        ExcludedCustomer.objects.create(company_id=story.company_id, scenario=without, customer_id=largest["party"])
