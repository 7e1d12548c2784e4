"""Margin floors: which applies, what waits for approval on an order, who gives it, and that nothing is asked where no floor is set."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from crm.margins.models import MarginApproval
from crm.orders.models import Order
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
from suite.kernel.audit.models import RowChange, StatusChange
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import preview
from suite.kernel.documents.transitions import available
from suite.kernel.money.models import Currency, ExchangeRate
from suite.kernel.products.models import ProductCategory
from tests.factories.base import make_company, make_product, make_user
from tests.factories.margins import floor, held_order, judged
from tests.factories.sales import ORDERED_ON, answers, make_order, make_price_list


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
