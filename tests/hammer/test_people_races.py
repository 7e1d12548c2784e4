"""People under real threads over real sockets: a right taken away in an open session, two who edit the same record."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial
from http.client import HTTPConnection
from json import dumps, loads
from threading import Event
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from crm.orders.models import Order
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import StaleVersion
from suite.kernel.tokens.services import create_token
from tests.factories.base import make_user
from tests.factories.journeys import Trade
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]
PLACES = ("/crm/orders/", "/api/v1/crm/orders/")


def test_a_right_that_is_taken_away_ends_an_open_session_at_its_next_request(race):
    """Four sessions of one person keep asking while an administrator takes the role; what is asked after that is refused, everywhere."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(stock=0)
        clerk = make_user(trade.company, "sales")
        taken = Event()

        def ask(place: str, clerk=clerk, taken=taken) -> tuple[Counter, int]:
            client = Client()
            client.force_login(clerk)
            seen: Counter = Counter()
            while not taken.is_set():
                seen[client.get(place).status_code] += 1
            return seen, client.get(place).status_code

        def take(clerk=clerk, taken=taken) -> None:
            clerk.groups.clear()
            taken.set()

        *asked, withdrawn = race(*(partial(ask, place) for place in PLACES * 2), take)
        assert withdrawn.error is None
        for outcome in asked:
            assert outcome.error is None, outcome.error
            seen, afterwards = outcome.value
            assert set(seen) <= {200, 403}
            assert afterwards == 403
    must_be_sound(before)


def test_two_who_edit_the_same_order_never_overwrite_each_other(race):
    """Eight people save on top of the version they saw: one is kept, seven are told."""
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(stock=0)
        order = trade.draft()

        def edit(number: int, order=order, trade=trade) -> Order:
            mine = Order.objects.get(pk=order.pk)
            mine.note = f"edit {number}"
            return save_record(mine, actor=trade.boss, expected_version=order.version)

        outcomes = race(*(partial(edit, number) for number in range(8)))
        errors = [outcome.error for outcome in outcomes if outcome.error is not None]
        assert [type(error) for error in errors] == [StaleVersion] * 7
        kept = next(number for number, outcome in enumerate(outcomes) if outcome.error is None)
        fresh = trade.fresh(order)
        assert (fresh.note, fresh.version) == (f"edit {kept}", order.version + 1)
    must_be_sound(before)


def test_two_programs_that_change_the_same_order_get_one_200_and_412(live_server, race):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade(stock=0)
        order = trade.draft()
        _token, secret = create_token(
            name="race", scopes=["crm:read", "crm:write"], expires_at=timezone.now() + timedelta(days=1), actor=trade.boss)

        def change(number: int, order=order, secret=secret) -> tuple[int, dict]:
            line = HTTPConnection(urlsplit(live_server.url).netloc, timeout=30)
            line.request("PATCH", f"/api/v1/crm/orders/{order.pk}/", dumps({"note": f"edit {number}"}), {
                "Authorization": f"Bearer {secret}", "Content-Type": "application/json", "If-Match": f'"{order.pk}-{order.version}"'})
            answer = line.getresponse()
            content = loads(answer.read() or b"{}")
            line.close()
            return answer.status, content

        answers = [outcome.value for outcome in race(*(partial(change, number) for number in range(6)))]
        assert Counter(status for status, _content in answers) == {200: 1, 412: 5}
        (note,) = {content["note"] for status, content in answers if status == 200}
        fresh = trade.fresh(order)
        assert (fresh.note, fresh.version, fresh.gross) == (note, order.version + 1, Decimal("110"))
    must_be_sound(before)
