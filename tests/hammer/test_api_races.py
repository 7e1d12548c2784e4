"""The API under real threads over real sockets: the same key does the thing once, a double click confirms once."""

import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from crm.orders.models import Order
from integration.outbox.models import Event
from suite.kernel.tokens.services import create_token
from tests.factories.journeys import Trade
from tests.hammer.crossing import REPETITIONS, deadlocks, must_be_sound, settle

pytestmark = [pytest.mark.hammer, pytest.mark.django_db(transaction=True)]


class Caller:
    """A program with a token."""

    def __init__(self, address: str, trade: Trade) -> None:
        self.place = urlsplit(address).netloc
        _token, self.secret = create_token(
            name="race", scopes=["crm:read", "crm:write"], expires_at=timezone.now() + timedelta(days=1), actor=trade.boss,
        )

    def post(self, path: str, body: dict, key: str | None = None) -> tuple[int, dict, bool]:
        """(status, answer, whether it is a replay)."""
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        line = HTTPConnection(self.place, timeout=30)
        line.request("POST", path, json.dumps(body), headers)
        answer = line.getresponse()
        content = json.loads(answer.read() or b"{}")
        line.close()
        return answer.status, content, answer.headers.get("Idempotency-Replayed") == "true"


def body_of(trade: Trade, quantity: int = 5) -> dict:
    return {"customer": trade.customer.pk, "order_date": "2026-03-03", "lines": [{"product": trade.product.pk, "quantity": str(quantity)}]}


def test_twenty_requests_with_one_key_create_one_order(live_server, race):
    before = deadlocks()
    for repetition in range(REPETITIONS):
        trade = Trade()
        caller = Caller(live_server.url, trade)
        post = partial(caller.post, "/api/v1/crm/orders/", body_of(trade), f"key-{repetition}")
        answers = [outcome.value for outcome in race(post, times=20)]
        assert Counter(status for status, _content, _replayed in answers).keys() <= {201, 409}
        made = {content["id"] for status, content, _replayed in answers if status == 201}
        assert Order.objects.filter(company=trade.company).count() == 1
        assert made == {Order.objects.get(company=trade.company).pk}
        assert [replayed for status, _content, replayed in answers if status == 201].count(False) == 1
        status, content, _replayed = caller.post("/api/v1/crm/orders/", body_of(trade, 6), f"key-{repetition}")
        assert (status, content["code"]) == (422, "idempotency_key_reused")
        assert Order.objects.filter(company=trade.company).count() == 1
    must_be_sound(before)


def test_a_refused_request_leaves_its_key_free(live_server, race):
    before = deadlocks()
    for repetition in range(REPETITIONS):
        trade = Trade()
        caller = Caller(live_server.url, trade)
        bad = partial(caller.post, "/api/v1/crm/orders/", body_of(trade, -1), f"key-{repetition}")
        assert {outcome.value[0] for outcome in race(bad, times=5)} <= {400, 422}
        status, _content, replayed = caller.post("/api/v1/crm/orders/", body_of(trade), f"key-{repetition}")
        assert (status, replayed) == (201, False)
    must_be_sound(before)


@pytest.mark.parametrize("key", [None, "the same press"], ids=["without key", "with the same key"])
def test_ten_clicks_confirm_an_order_once(live_server, race, key):
    before = deadlocks()
    for _repetition in range(REPETITIONS):
        trade = Trade()
        caller = Caller(live_server.url, trade)
        order = trade.draft()
        answers = [outcome.value[0] for outcome in race(partial(caller.post, f"/api/v1/crm/orders/{order.pk}/confirm/", {}, key), times=10)]
        assert Counter(answers) == ({200: 10} if key else {200: 1, 409: 9})
        assert Event.objects.filter(aggregate="crm.order", aggregate_id=order.pk).count() == 1
        settle()
        assert trade.invoices(order) == [("invoice", "draft", Decimal("110.00"))]
        assert trade.reserved(order) == {"firm": Decimal(5)}
    must_be_sound(before)
