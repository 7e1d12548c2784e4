"""What margin floors refuse, and who sees their figures."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from crm.margins.models import MarginApproval, MarginFloor
from crm.quotes.services import QuoteLineInput, draft_quote
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.margins import floor, held_order
from tests.factories.sales import ORDERED_ON, make_price_list


class TestBadInput:
    @pytest.mark.parametrize(("share", "words"), [
        ("-1", "not below zero"), ("100", "less than the whole price"), ("250", "less than the whole price"), ("lots", "number"), ("", "required"),
    ])
    def test_a_floor_that_is_no_share_is_refused_in_words(self, company, boss, client, share, words):
        client.force_login(boss)

        answer = client.post(reverse("crm:marginfloor_add"), {"min_margin": share})

        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not MarginFloor.objects.exists()

    def test_a_second_floor_for_the_same_is_refused_in_words(self, company, boss, client):
        floor(company, "0.1")
        client.force_login(boss)

        answer = client.post(reverse("crm:marginfloor_add"), {"min_margin": "20"})

        assert answer.status_code in (409, 422)
        assert "There is a margin floor for this price list and category already" in answer.content.decode()

    def test_another_companys_price_list_is_no_choice(self, company, boss, client):
        client.force_login(boss)

        answer = client.post(reverse("crm:marginfloor_add"), {"min_margin": "20", "price_list": make_price_list(make_company()).pk})

        assert answer.status_code == 422
        assert not MarginFloor.objects.exists()

    def test_the_api_refuses_by_status_and_code(self, company, clerk, manager, client):
        own, other = held_order(company, manager), held_order(company, clerk)
        client.force_login(manager)

        def approve(order, **body):
            return client.post(reverse("crm:order_detail", args=[order.pk]).replace("/crm/", "/api/v1/crm/") + "approve_margin/", body, "application/json")

        assert (approve(own, reason="mine").status_code, approve(own, reason="mine").json()["code"]) == (422, "four_eyes")
        assert approve(other).status_code == 422
        done = approve(other, reason="fine")
        assert (done.status_code, done.json()["status"], done.json()["margin_state"]) == (200, "confirmed", "approved")
        assert approve(other, reason="again").status_code == 409

    def test_the_approval_of_another_company_is_not_there(self, company, clerk, client):
        order = held_order(company, clerk)
        client.force_login(make_user(make_company(), "manager"))

        assert client.get(reverse("crm:marginapproval_detail", args=[MarginApproval.objects.get(order=order).pk])).status_code == 404


class TestWhoSeesFigures:
    FIGURES = ("25 %", "75.00", "30 %", "company policy")

    @pytest.fixture
    def order(self, company, clerk):
        return held_order(company, clerk)

    def page(self, client, user, order):
        client.force_login(user)
        return client.get(reverse("crm:order_detail", args=[order.pk])).content.decode().replace("\xa0", " ")

    def test_who_may_see_costs_sees_margin_floor_and_rule(self, client, manager, order):
        text = self.page(client, manager, order)

        assert all(figure in text for figure in self.FIGURES)
        assert "below the floor" in text

    @pytest.mark.parametrize("role", ["sales", "logistics"])
    def test_others_see_only_that_approval_is_needed(self, client, company, order, role):
        text = self.page(client, make_user(company, role), order)

        assert "A line is priced so low that it needs approval." in text
        assert not [figure for figure in self.FIGURES if figure in text]

    @pytest.mark.parametrize("path", ["crm:marginapproval_list", "crm:marginfloor_list", "crm:marginapproval_export"])
    def test_sales_sees_neither_floors_nor_approvals(self, client, clerk, order, path):
        client.force_login(clerk)

        assert client.get(reverse(path)).status_code == 403

    def test_the_story_and_the_api_of_the_order_carry_no_figure(self, client, clerk, order):
        client.force_login(clerk)

        text = client.get(f"/api/v1/crm/orders/{order.pk}/").content.decode()

        assert '"margin_state":"asked"' in text.replace(" ", "")
        assert "0.25" not in text
        assert "cost" not in text

    def test_an_approval_shows_its_lines_as_they_were(self, client, manager, order):
        client.force_login(manager)

        text = client.get(reverse("crm:marginapproval_detail", args=[MarginApproval.objects.get(order=order).pk])).content.decode()

        assert "company policy" in text
        assert "25\xa0%" in text

    def test_a_quote_says_that_it_needs_approval(self, company, client, clerk):
        floor(company, "0.3") if not MarginFloor.objects.filter(company=company).exists() else None
        quote = draft_quote(
            company_id=company.pk, customer_id=make_customer(company).pk, actor=clerk, quote_date=ORDERED_ON,
            lines=[QuoteLineInput(make_product(company, standard_cost=D(15)).pk, D(5))],
        )
        client.force_login(clerk)

        text = client.get(reverse("crm:quote_detail", args=[quote.pk])).content.decode().replace("\xa0", " ")

        assert "Ask for approval, or raise the price; then it may be sent." in text
        assert not [figure for figure in self.FIGURES if figure in text]
