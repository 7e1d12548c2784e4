"""Orders through the API: the same rules, the same words."""

import pytest

from crm.orders.models import Order
from tests.factories.base import make_customer, make_product

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/crm/orders/"


@pytest.fixture
def api(client, clerk):
    client.force_login(clerk)
    return client


def send(api, path, body):
    return api.post(path, body, content_type="application/json")


def test_an_order_is_made_confirmed_and_amended(company, api):
    product = make_product(company)

    made = send(api, ORDERS, {"customer": make_customer(company).pk, "lines": [{"product": product.pk, "quantity": "5"}]})
    confirmed = send(api, f"{ORDERS}{made.json()['id']}/confirm/", {})
    line = confirmed.json()["lines"][0]
    amended = send(api, f"{ORDERS}{made.json()['id']}/amend/", {
        "reason": "Called", "changes": [{"line_id": line["id"], "product_id": product.pk, "quantity": "7"}],
    })

    assert (made.status_code, confirmed.status_code, amended.status_code) == (201, 200, 200), (made.json(), confirmed.json(), amended.json())
    assert (confirmed.json()["status"], amended.json()["revision"], amended.json()["gross"]) == ("confirmed", 1, "154.000")


@pytest.mark.parametrize(("line", "code"), [
    ({"quantity": "-1"}, "min_value"), ({"quantity": "0"}, "min_value"),
    ({"quantity": "1", "unit_price": "-1"}, "min_value"), ({"quantity": "1", "discount": "2"}, "max_value"),
    ({"quantity": "1", "net": "5"}, "This field is not written here."),
])
def test_a_bad_line_is_refused_and_nothing_is_saved(company, api, line, code):
    answer = send(api, ORDERS, {"customer": make_customer(company).pk, "lines": [{"product": make_product(company).pk, **line}]})

    assert answer.status_code == 422
    assert code in answer.content.decode()
    assert not Order.objects.exists()


def test_an_order_without_lines_is_not_confirmed(company, api):
    made = send(api, ORDERS, {"customer": make_customer(company).pk})

    answer = send(api, f"{ORDERS}{made.json()['id']}/confirm/", {})

    assert answer.status_code == 422
    assert "has no lines" in answer.json()["detail"]


def test_confirming_twice_is_a_conflict(company, api):
    made = send(api, ORDERS, {"customer": make_customer(company).pk, "lines": [{"product": make_product(company).pk, "quantity": "1"}]}).json()
    send(api, f"{ORDERS}{made['id']}/confirm/", {})

    assert send(api, f"{ORDERS}{made['id']}/confirm/", {}).status_code == 409
