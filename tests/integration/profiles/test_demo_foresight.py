"""The demo company looks ahead, and its earlier forecasts are judged."""

import time

import pytest

from erp.forecasting.models import CashForecast, CashScenario
from erp.forecasting.reports import cash_forecast, forecast_accuracy
from integration.profiles.demo.foresight import tell_foresight
from integration.profiles.demo.house import find_house
from integration.profiles.demo.loading import load_demo
from integration.profiles.demo.plan import make_plan
from integration.profiles.demo.story import Story
from integration.profiles.session import moving_in


@pytest.mark.django_db(transaction=True)
def test_the_demo_company_knows_how_good_its_forecasts_were():
    load_demo(orders=60, seed=7, say=lambda line: None)
    company = find_house().company
    assert (CashForecast.objects.count(), CashScenario.objects.count()) == (19, 2)
    newest = CashForecast.objects.first().made_on
    errors = forecast_accuracy(company_id=company.pk, on=newest).extra["mape"]
    assert set(errors) == {1, 4, 13}
    assert errors[13][2] is not None
    assert cash_forecast(company_id=company.pk, on=newest, scenario=CashScenario.objects.first()).rows

    story = Story(make_plan(seed=7, orders=60, today=newest), find_house())
    started = time.perf_counter()
    with moving_in():
        tell_foresight(story)
    assert CashForecast.objects.count() == 19
    assert time.perf_counter() - started < 5
