"""Margin floors: which applies, what waits for approval, who gives it, and that nothing is asked where no floor is set."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from crm.margins.models import MarginApproval, MarginFloor
from crm.margins.selectors import judge_lines
from crm.orders.models import Order
from crm.orders.selectors import lines_of
from crm.orders.services import (
    LineChange,
    amend_order,
    approve_order_margin,
    cancel_order,
    close_order_short,
    confirm_order,
    hold_order,
    release_order,
)
from crm.orders.signals import CreditAnswer
from crm.quotes.models import Quote
from crm.quotes.services import QuoteLineInput, accept_quote, approve_quote_margin, ask_quote_margin, draft_quote, revise_quote, send_quote
from suite.kernel.audit.models import RowChange, StatusChange
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import preview
from suite.kernel.documents.transitions import available
from suite.kernel.money.models import Currency, ExchangeRate
from suite.kernel.products.models import ProductCategory
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.sales import ORDERED_ON, answers, make_order, make_price_list


@pytest.fixture
def manager(company):
    return make_user(company, "manager")


def floor(company, share, **scope) -> MarginFloor:
    return MarginFloor.objects.create(company=company, min_margin=D(share), **scope)


def held_order(company, clerk, *, cost="15", floor_share="0.3", **values) -> Order:
    """An order at 20.00 with a margin of a quarter, under the company's floor, confirmed by the clerk."""
    if not MarginFloor.objects.filter(company=company).exists():
        floor(company, floor_share)
    product = make_product(company, standard_cost=D(cost))
    return confirm_order(make_order(company, actor=clerk, lines=[(product, 5)], **values), actor=clerk)


def judged(order):
    return [(line.margin, line.floor, line.rule, line.is_under) for line in judge_lines(order, lines_of(order))]


class TestWhichFloorApplies:
    @pytest.fixture
    def scene(self, company, clerk):
        """A product two categories deep, sold under a list that looks in another one."""
        tools = ProductCategory.objects.create(company=company, code="TOOLS", name="Tools")
        saws = ProductCategory.objects.create(company=company, code="SAWS", name="Saws", parent=tools)
        product = make_product(company, standard_cost=D(15), category=saws)
        base = make_price_list(company, "BASE", name="Base", prices={product: "20"})
        key = make_price_list(company, "KEY", name="Key", parent=base)
        order = make_order(company, actor=clerk, lines=[(product, 5)], price_list_id=key.pk)
        return {"tools": tools, "saws": saws, "base": base, "key": key, "order": order}

    @pytest.mark.parametrize(("floors", "share", "rule"), [
        ([({}, "0.1")], "0.1", "company policy"),
        ([({}, "0.1"), ({"category": "tools"}, "0.2")], "0.2", "category Tools"),
        ([({"category": "saws"}, "0.05"), ({"category": "tools"}, "0.2")], "0.05", "category Saws"),
        ([({}, "0.1"), ({"category": "saws"}, "0.2"), ({"price_list": "key"}, "0.3")], "0.3", "price list Key"),
        ([({"category": "saws"}, "0.2"), ({"price_list": "base"}, "0.4")], "0.4", "price list Base"),
        ([({"price_list": "key"}, "0.3"), ({"price_list": "base", "category": "saws"}, "0.4")], "0.3", "price list Key"),
        ([({"price_list": "key"}, "0.3"), ({"price_list": "key", "category": "tools"}, "0.5")], "0.5", "price list Key, category Tools"),
    ])
    def test_the_most_specific_wins_and_says_so(self, company, scene, floors, share, rule):
        for scope, value in floors:
            floor(company, value, **{name: scene[which] for name, which in scope.items()})

        assert judged(scene["order"]) == [(D("0.25"), D(share), rule, D(share) > D("0.25"))]

    def test_no_floor_that_applies_asks_nothing(self, company, scene, clerk):
        other = ProductCategory.objects.create(company=company, code="FOOD", name="Food")
        floor(company, "0.9", category=other)

        assert judged(scene["order"]) == [(D("0.25"), None, "", False)]
        assert confirm_order(scene["order"], actor=clerk).status == "confirmed"

    def test_another_companys_floor_does_not_count(self, company, clerk):
        floor(make_company(), "0.9")

        assert held_order(company, clerk, floor_share="0.1").status == "confirmed"

    def test_exactly_the_floor_is_kept(self, company, clerk):
        assert held_order(company, clerk, floor_share="0.25").status == "confirmed"

    def test_goods_whose_cost_nobody_knows_cannot_keep_a_floor_but_services_can(self, company, clerk):
        floor(company, "0")
        goods, service = make_product(company), make_product(company, kind="service")

        order = confirm_order(make_order(company, actor=clerk, lines=[(service, 1), (goods, 1)]), actor=clerk)

        assert order.hold_reason == "margin"
        assert [line["product_id"] for line in MarginApproval.objects.get(order=order).lines] == [goods.pk]

    def test_given_away_is_below_any_floor_where_it_cost_something(self, company, clerk):
        floor(company, "0")
        product = make_product(company, standard_cost=D(1))

        assert confirm_order(make_order(company, actor=clerk, lines=[(product, 1, D(0))]), actor=clerk).hold_reason == "margin"

    def test_tax_in_the_price_is_no_margin(self, company, clerk):
        floor(company, "0.3")
        product = make_product(company, standard_cost=D(15))
        prices = make_price_list(company, "SHOP", prices={product: "22"}, prices_include_tax=True)

        order = make_order(company, actor=clerk, lines=[(product, 5)], price_list_id=prices.pk)

        assert judged(order) == [(D("0.25"), D("0.3"), "company policy", True)]

    def test_another_currency_is_judged_at_the_rate_of_the_order_and_without_one_not_kept(self, company, clerk):
        floor(company, "0.3")
        dollar = Currency.objects.get_or_create(code="USD", defaults={"symbol": "$", "digits": 2})[0]
        product = make_product(company, standard_cost=D(15))
        prices = make_price_list(company, "US", prices={product: "40"}, currency=dollar)
        order = make_order(company, actor=clerk, lines=[(product, 1)], price_list_id=prices.pk)
        assert judged(order) == [(None, D("0.3"), "company policy", True)]

        ExchangeRate.objects.create(company=company, currency=dollar, valid_from=ORDERED_ON, rate=D("0.5"))

        assert judged(order) == [(D("0.25"), D("0.3"), "company policy", True)]


class TestOrders:
    def test_below_the_floor_it_is_held_without_a_figure_and_credit_is_not_asked(self, company, clerk, asked):
        order = held_order(company, clerk)

        assert (order.status, order.hold_reason, order.margin_state) == ("on_hold", "margin", "asked")
        assert order.hold_message == "A line is priced so low that it needs approval."
        assert [question for question, _facts in asked] == ["promise"]
        approval = MarginApproval.objects.get(order=order)
        assert (approval.outcome, approval.asked_by) == ("asked", clerk)
        assert [(line.net, line.cost, line.floor, line.rule) for line in approval.judged] == [(D(100), D(75), D("0.3"), "company policy")]

    def test_another_person_approves_it_with_a_reason_on_record(self, company, clerk, manager, asked):
        order = approve_order_margin(held_order(company, clerk), actor=manager, reason="Sample for a big customer")

        assert (order.status, order.hold_reason, order.hold_message, order.margin_state) == ("confirmed", "", "", "approved")
        approval = MarginApproval.objects.get(order=order)
        assert (approval.outcome, approval.decided_by, approval.reason) == ("approved", manager, "Sample for a big customer")
        assert [facts["act"].transition for question, facts in asked if question == "credit"] == ["approve_margin"]
        change = StatusChange.objects.get(object_id=order.pk, action="approve_margin")
        assert (change.before, change.after, change.actor, change.reason) == ("on_hold", "confirmed", manager, "Sample for a big customer")
        assert RowChange.objects.filter(table_name="crm_marginapproval", row_id=str(approval.pk), actor_id=manager.pk).exists()

    def test_who_confirmed_does_not_approve(self, company, manager):
        order = held_order(company, manager)

        with pytest.raises(Refusal, match="You asked for this approval") as refused:
            approve_order_margin(order, actor=manager, reason="I say so")

        assert refused.value.code == "four_eyes"
        assert Order.objects.get(pk=order.pk).status == "on_hold"
        assert MarginApproval.objects.get(order=order).decided_by is None

    def test_the_database_knows_four_eyes_as_well(self, company, manager):
        order = held_order(company, manager)

        with pytest.raises(IntegrityError, match="margin_approval_by_four_eyes"), transaction.atomic():
            MarginApproval.objects.filter(order=order).update(decided_by=manager)

    def test_the_database_lets_no_order_go_on_unapproved(self, company, clerk):
        order = held_order(company, clerk)

        with pytest.raises(IntegrityError, match="order_waits_for_margin_approval"), transaction.atomic():
            Order.objects.filter(pk=order.pk).update(status="confirmed", hold_reason="")

    @pytest.mark.parametrize("role", ["sales", "finance", "logistics", "auditor", "integration"])
    def test_other_roles_do_not_approve(self, company, clerk, role):
        order = held_order(company, clerk)

        with pytest.raises(PermissionDenied):
            approve_order_margin(order, actor=make_user(company, role), reason="please")

    def test_without_a_reason_nothing_is_approved(self, company, clerk, manager):
        with pytest.raises(Refusal, match="Say why"):
            approve_order_margin(held_order(company, clerk), actor=manager, reason="  ")

    def test_releasing_is_no_way_around(self, company, clerk, boss):
        order = held_order(company, clerk)

        with pytest.raises(Refusal, match="waits for approval; it was not released") as refused:
            release_order(order, actor=boss)

        assert refused.value.code == "margin_not_approved"
        assert [step.name for step in available(order, boss)][:1] == ["approve_margin"]
        assert "release" not in [step.name for step in available(order, boss)]

    def test_closing_short_is_no_way_around(self, company, clerk):
        with pytest.raises(Refusal, match="it was not closed short"):
            close_order_short(held_order(company, clerk), actor=clerk, reason="enough")

    def test_a_held_order_may_be_cancelled_and_asks_no_more(self, company, clerk):
        order = cancel_order(held_order(company, clerk), actor=clerk)

        assert (order.status, order.margin_state) == ("cancelled", "")
        assert MarginApproval.objects.get(order=order).outcome == "withdrawn"

    def test_approved_and_over_the_credit_limit_it_waits_for_credit(self, company, clerk, manager, boss):
        order = held_order(company, clerk)

        with answers(CreditAnswer(is_within=False, message="over the limit")):
            order = approve_order_margin(order, actor=manager, reason="sample")

        assert (order.status, order.hold_reason, order.margin_state) == ("on_hold", "credit", "approved")
        assert release_order(order, actor=boss).status == "confirmed"

    def test_nothing_to_approve_is_said(self, company, clerk, manager):
        order = hold_order(confirm_order(make_order(company, actor=clerk), actor=clerk), actor=clerk, reason="moves house")

        assert "approve_margin" not in [step.name for step in available(order, manager)]
        with pytest.raises(Refusal, match="No margin of .* waits for approval"):
            approve_order_margin(order, actor=manager, reason="sure")

    def test_a_preview_of_confirming_says_held_and_asks_nothing(self, company, clerk):
        floor(company, "0.3")
        order = make_order(company, actor=clerk, lines=[(make_product(company, standard_cost=D(15)), 5)])

        assert preview(order, "confirm", actor=clerk).status == "On hold"
        assert not MarginApproval.objects.exists()


class TestAmending:
    @pytest.fixture
    def approved(self, company, clerk, manager):
        return approve_order_margin(held_order(company, clerk), actor=manager, reason="sample")

    def change(self, order, **values):
        line = order.lines.get()
        return [LineChange(line.pk, line.product_id, values.pop("quantity", line.quantity), **values)]

    def test_asks_anew_even_for_what_was_approved(self, company, clerk, manager, approved):
        order = amend_order(approved, actor=manager, changes=self.change(approved, quantity=D(6)), reason="one more")

        assert (order.status, order.hold_reason, order.margin_state) == ("on_hold", "margin", "asked")
        with pytest.raises(Refusal, match="You asked"):
            approve_order_margin(order, actor=manager, reason="mine")
        assert approve_order_margin(order, actor=make_user(company, "manager"), reason="fine").status == "confirmed"

    def test_a_better_price_lets_it_go_on_by_itself(self, company, clerk):
        order = held_order(company, clerk)

        order = amend_order(order, actor=clerk, changes=self.change(order, unit_price=D(30)), reason="dearer")

        assert (order.status, order.hold_reason, order.margin_state) == ("confirmed", "", "")
        assert MarginApproval.objects.get(order=order).outcome == "withdrawn"

    def test_a_better_price_does_not_get_around_credit(self, company, clerk):
        order = held_order(company, clerk)

        with answers(CreditAnswer(is_within=False, message="over the limit")):
            order = amend_order(order, actor=clerk, changes=self.change(order, unit_price=D(30)), reason="dearer")

        assert (order.status, order.hold_reason) == ("on_hold", "credit")

    def test_a_new_question_takes_the_place_of_the_open_one(self, company, clerk):
        order = held_order(company, clerk)

        amend_order(order, actor=clerk, changes=self.change(order, unit_price=D(19)), reason="cheaper")

        assert list(MarginApproval.objects.order_by("pk").values_list("outcome", flat=True)) == ["withdrawn", "asked"]

    def test_a_clerks_hold_outlives_the_approval(self, company, clerk, manager, boss, approved):
        order = hold_order(approved, actor=clerk, reason="moves house")
        order = amend_order(order, actor=clerk, changes=self.change(order, quantity=D(6)), reason="one more")
        assert (order.hold_reason, order.hold_message, order.margin_state) == ("clerk", "moves house", "asked")

        order = approve_order_margin(order, actor=manager, reason="fine")
        assert (order.status, order.hold_reason, order.margin_state) == ("on_hold", "clerk", "approved")
        assert release_order(order, actor=boss).status == "confirmed"


class TestQuotes:
    @pytest.fixture
    def quote(self, company, clerk):
        floor(company, "0.3")
        return draft_quote(
            company_id=company.pk, customer_id=make_customer(company).pk, actor=clerk, quote_date=ORDERED_ON, valid_until=ORDERED_ON.replace(year=2030),
            lines=[QuoteLineInput(make_product(company, standard_cost=D(15)).pk, D(5))],
        )

    def test_below_the_floor_it_is_not_sent_and_says_the_way_out(self, quote, clerk):
        with pytest.raises(Refusal, match="needs approval; it was not sent") as refused:
            send_quote(quote, actor=clerk)

        assert refused.value.hint == "Ask for approval on the quote's page, or raise the price."
        assert [step.name for step in available(quote, clerk)] == ["ask_margin", "send"]

    def test_asked_approved_by_another_and_sent(self, company, quote, clerk, manager):
        quote = ask_quote_margin(quote, actor=clerk)
        with pytest.raises(Refusal) as refused:
            send_quote(quote, actor=clerk)
        assert refused.value.hint == "It waits for somebody who may approve margins."

        quote = approve_quote_margin(quote, actor=manager, reason="opens the door")

        assert send_quote(quote, actor=clerk).status == "sent"
        assert MarginApproval.objects.get(quote=quote).decided_by == manager

    def test_who_asked_does_not_approve(self, quote, manager):
        quote = ask_quote_margin(quote, actor=manager)

        with pytest.raises(Refusal, match="You asked"):
            approve_quote_margin(quote, actor=manager, reason="mine")

    def test_asking_for_nothing_is_refused(self, company, quote, clerk):
        MarginFloor.objects.filter(company=company).update(min_margin=D("0.1"))

        with pytest.raises(Refusal, match="needs no approval"):
            ask_quote_margin(quote, actor=clerk)
        assert "ask_margin" not in [step.name for step in available(quote, clerk)]

    def test_an_edit_asks_anew(self, quote, clerk, manager):
        quote = approve_quote_margin(ask_quote_margin(quote, actor=clerk), actor=manager, reason="opens the door")
        line = quote.lines.get()
        line.unit_price = D(10)

        save_record(quote, actor=clerk, lines=[("quote", [line], [])])

        assert Quote.objects.get(pk=quote.pk).margin_state == ""
        with pytest.raises(Refusal, match="needs approval"):
            send_quote(quote, actor=clerk)

    def test_a_revision_asks_anew(self, quote, clerk, manager):
        quote = send_quote(approve_quote_margin(ask_quote_margin(quote, actor=clerk), actor=manager, reason="opens the door"), actor=clerk)

        assert revise_quote(quote, actor=clerk).revised_by.margin_state == ""

    def test_what_was_approved_on_the_quote_binds_the_order_and_no_less(self, quote, clerk, manager):
        quote = send_quote(approve_quote_margin(ask_quote_margin(quote, actor=clerk), actor=manager, reason="opens the door"), actor=clerk)
        order = accept_quote(quote, actor=clerk, order_date=ORDERED_ON).orders.get()

        with transaction.atomic():
            confirmed = confirm_order(order, actor=clerk)
            assert (confirmed.status, confirmed.margin_state) == ("confirmed", "approved")
            transaction.set_rollback(True)

        line = order.lines.get()
        line.unit_price = D(19)
        save_record(Order.objects.get(pk=order.pk), actor=clerk, lines=[("order", [line], [])])
        assert confirm_order(order, actor=clerk).hold_reason == "margin"


class TestWithoutFloors:
    def test_confirming_sends_the_same_six_statements(self, company, clerk, statements):
        order = make_order(company, actor=clerk, lines=[(make_product(company), 3) for _ in range(5)])
        floor(make_company(), "0.9")
        confirm_order(make_order(company, actor=clerk), actor=clerk)

        with statements() as sent:
            confirm_order(order, actor=clerk)

        assert len(sent) == 6

    def test_with_floors_it_is_as_many_for_five_lines_as_for_one(self, company, clerk, statements):
        tools = ProductCategory.objects.create(company=company, code="TOOLS", name="Tools")
        floor(company, "0.1", category=tools)
        counts = []
        for lines in (1, 5):
            products = [make_product(company, standard_cost=D(1), category=tools) for _ in range(lines)]
            order = Order.objects.get(pk=make_order(company, actor=clerk, lines=[(product, 3) for product in products]).pk)
            with statements() as sent:
                confirm_order(order, actor=clerk)
            counts.append(len(sent))

        assert counts[0] == counts[1] <= 12


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
