"""Pages of sales: typing an order, amending it, revising a quote."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.orders.models import Order, OrderRevision
from crm.orders.services import confirm_order
from crm.quotes.services import QuoteLineInput, draft_quote, revise_quote, send_quote
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.sales import make_order, make_price, make_price_list

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, clerk):
    client.force_login(clerk)
    return client


def typed(customer, *lines, **values):
    """What a browser sends for a header with lines."""
    data = {
        "customer": customer.pk if customer else "", "order_date": "2026-03-02", "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0,
        "lines-MIN_NUM_FORMS": 0, "lines-MAX_NUM_FORMS": 1000, **values,
    }
    for index, line in enumerate(lines):
        data |= {f"lines-{index}-{name}": value for name, value in line.items()}
    return data


def test_prices_and_reasons_show_while_the_order_is_typed(company, page):
    product = make_product(company, "TEA", name="Tea")
    tiers = make_price_list(company, "STD", name="Standard", prices={product: "20"}, is_default=True)
    make_price(tiers, product=product, min_quantity=10, unit_price=D(18))

    answer = page.post(reverse("crm:order_price"), typed(make_customer(company), {"product": product.pk, "quantity": "10"}))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Standard: 18 from 10" in text
    assert "Also looked at: Standard: 20" in " ".join(text.split())
    assert "Tax 10 %: tax of the product, domestic customer." in text
    assert "198.00" in text
    assert not Order.objects.exists()


@pytest.mark.parametrize(("lines", "words"), [
    ([{"product": "", "quantity": "1"}], "as soon as a customer and a line are typed"),
    ([], "as soon as a customer and a line are typed"),
])
def test_before_a_line_says_what_and_how_much_the_card_waits(company, page, lines, words):
    assert words in page.post(reverse("crm:order_price"), typed(make_customer(company), *lines)).content.decode()


def test_without_a_customer_the_card_asks_for_one(company, page):
    answer = page.post(reverse("crm:order_price"), typed(None, {"product": make_product(company).pk, "quantity": "1"}))

    assert "Choose a customer to see prices." in answer.content.decode()


def test_a_refusal_shows_in_the_card_in_words(company, page):
    customer = make_customer(company, tax_treatment="export")

    answer = page.post(reverse("crm:order_price"), typed(customer, {"product": make_product(company).pk, "quantity": "1"}))

    assert "there is no active tax of category G (Export)" in answer.content.decode()


def test_products_of_another_company_are_not_priced(company, page):
    foreign = make_product(make_company(), "SECRET")

    answer = page.post(reverse("crm:order_price"), typed(make_customer(company), {"product": foreign.pk, "quantity": "1"}))

    assert "SECRET" not in answer.content.decode()


def test_who_may_not_make_orders_sees_no_prices(company, client):
    client.force_login(make_user(company, "logistics"))

    assert client.post(reverse("crm:order_price"), {}).status_code == 403
    assert client.get(reverse("crm:order_price")).status_code in (403, 405)


def test_a_visitor_is_sent_to_sign_in(client, db):
    answer = client.post(reverse("crm:order_price"), {})

    assert answer.status_code in (302, 403)


def test_an_order_is_typed_and_saved(company, page):
    product = make_product(company)
    form = page.get(reverse("crm:order_add"))
    assert form.status_code == 200
    assert reverse("crm:order_price") in form.content.decode()

    answer = page.post(reverse("crm:order_add"), typed(make_customer(company), {"product": product.pk, "quantity": "3"}))

    order = Order.objects.get()
    assert answer.status_code == 302
    assert (order.gross, order.number) == (D("66.00"), "SO-00001")
    assert page.get(answer.url).status_code == 200


@pytest.mark.parametrize(("line", "words"), [
    ({"quantity": "-1"}, "Enter a quantity above zero."),
    ({"quantity": "0"}, "Enter a quantity above zero."),
    ({"quantity": "1", "unit_price": "-5"}, "A price is not below zero."),
    ({"quantity": "1", "discount": "150"}, "A discount is at most 100 %."),
    ({"quantity": "1", "discount": "-1"}, "A discount is not below zero."),
])
def test_a_wrong_number_is_marked_at_its_field_and_nothing_is_saved(company, page, line, words):
    answer = page.post(reverse("crm:order_add"), typed(make_customer(company), {"product": make_product(company).pk, **line}))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Order.objects.exists()


def test_an_order_is_amended_on_its_page(company, page, clerk):
    order = confirm_order(make_order(company, actor=clerk), actor=clerk)
    line, cup = order.lines.get(), make_product(company, list_price=D(3))
    url = reverse("crm:order_transition", args=[order.pk, "amend"])
    assert f'name="changes-{line.pk}-quantity" value="5"' in page.get(url).content.decode()

    answer = page.post(url, {
        "reason": "Called", "token": "t", f"changes-{line.pk}-quantity": "7", f"changes-{line.pk}-unit_price": "20",
        f"changes-{line.pk}-discount": "0", "changes-new1-product": cup.pk, "changes-new1-quantity": "2", "changes-new1-unit_price": "",
    })

    assert answer.status_code == 302
    order.refresh_from_db()
    assert (order.revision, order.net) == (1, D("146.00"))
    detail = page.get(answer.url).content.decode()
    assert "Revision 1" in detail
    assert "5 × 20" in detail
    assert "7 × 20" in detail


@pytest.mark.parametrize(("values", "words"), [
    ({"quantity": "abc"}, "Enter a number."),
    ({"quantity": "-1"}, "Ensure this value is greater than or equal to 0."),
    ({}, "Change a line, or add one."),
])
def test_a_wrong_amendment_is_marked_and_changes_nothing(company, page, clerk, values, words):
    order = confirm_order(make_order(company, actor=clerk), actor=clerk)
    key = f"changes-{order.lines.get().pk}"

    answer = page.post(reverse("crm:order_transition", args=[order.pk, "amend"]), {
        "reason": "x", **{f"{key}-{part}": value for part, value in ({"quantity": "5", "unit_price": "20", "discount": "0"} | values).items()},
    })

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not OrderRevision.objects.exists()


@pytest.mark.parametrize("name", ["hold", "close_short", "cancel", "amend"])
def test_each_way_to_stop_an_order_asks_why(company, page, clerk, name):
    order = confirm_order(make_order(company, actor=clerk), actor=clerk)

    answer = page.get(reverse("crm:order_transition", args=[order.pk, name]))

    assert answer.status_code == 200
    assert 'name="reason"' in answer.content.decode()


def test_a_quote_page_shows_its_revisions_and_what_changed(company, page, clerk):
    quote = send_quote(draft_quote(
        company_id=company.pk, customer_id=make_customer(company).pk, lines=[QuoteLineInput(make_product(company).pk, D(5))], actor=clerk,
        quote_date=timezone.localdate(),
    ), actor=clerk)
    new = revise_quote(quote, actor=clerk).revised_by
    new.valid_until += timedelta(days=7)
    new.save()

    text = page.get(reverse("crm:quote_detail", args=[new.pk])).content.decode()

    assert reverse("crm:quote_detail", args=[quote.pk]) in text
    assert "What this revision changed" in text
    assert "Valid until" in text


def test_a_rejection_asks_why(company, page, clerk):
    quote = send_quote(draft_quote(
        company_id=company.pk, customer_id=make_customer(company).pk, lines=[QuoteLineInput(make_product(company).pk, D(5))], actor=clerk,
        quote_date=timezone.localdate(),
    ), actor=clerk)
    url = reverse("crm:quote_transition", args=[quote.pk, "reject"])

    assert page.post(url, {"reason": ""}).status_code == 422
    assert page.post(url, {"reason": "Too dear"}).status_code == 302
    quote.refresh_from_db()
    assert (quote.status, quote.rejection_reason) == ("rejected", "Too dear")


@pytest.mark.parametrize("name", ["kernel:party", "crm:customerterms", "crm:pricelist", "crm:quote", "crm:order"])
def test_every_list_and_empty_form_of_sales_opens(company, client, boss, name):
    client.force_login(boss)

    assert client.get(reverse(f"{name}_list")).status_code == 200
    assert client.get(reverse(f"{name}_add")).status_code == 200


def test_a_discount_is_typed_and_shown_in_percent(company, page, clerk):
    page.post(reverse("crm:order_add"), typed(make_customer(company), {"product": make_product(company).pk, "quantity": "1", "discount": "12.5"}))

    order = Order.objects.get()
    assert order.lines.get().discount == D("0.125")
    assert 'value="12.5"' in page.get(reverse("crm:order_change", args=[order.pk])).content.decode()
    assert "12.5\u00a0%" in page.get(reverse("crm:order_detail", args=[order.pk])).content.decode()
