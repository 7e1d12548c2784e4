from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from scm.shipping.models import Shipment
from scm.shipping.services import PlannedLine, cancel_open_shipments, dispatch_shipment, plan_shipment
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.errors import Refusal
from suite.kernel.sites.models import Site
from tests.factories.base import make_company, make_customer, make_product, make_user
from tests.factories.shipping import lines_of

Q = Decimal


def statements(captured):
    return [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "ROLLBACK TO", "BEGIN"))]


def test_a_confirmed_order_gets_one_planned_shipment_with_its_quantities(warehouse):
    shipment = warehouse.plan("5", "3", order=42, promised_on=date(2026, 12, 3), requested_on=date(2026, 12, 1))

    assert (shipment.status, shipment.wave, shipment.source_key) == ("planned", 1, "crm.order:42/1")
    assert shipment.number.startswith("SH-")
    assert shipment.planned_on == date(2026, 12, 3)
    assert lines_of(shipment) == [("crm.orderline:421", Q(5), Q(0)), ("crm.orderline:422", Q(3), Q(0))]


def test_planning_the_same_again_changes_nothing(warehouse):
    first = warehouse.plan("5", "3")

    again = warehouse.plan("5", "3")

    assert (again.pk, again.version, Shipment.objects.count()) == (first.pk, 1, 1)


def test_more_quantity_and_a_new_line_go_onto_the_open_shipment(warehouse):
    first = warehouse.plan("5")

    again = warehouse.plan("7", "2")

    assert again.pk == first.pk
    assert again.version == 2
    assert lines_of(first) == [("crm.orderline:11", Q(7), Q(0)), ("crm.orderline:12", Q(2), Q(0))]


def test_a_line_that_is_not_wanted_any_more_leaves_the_shipment(warehouse):
    shipment = warehouse.plan("5", "3")

    warehouse.plan("4")

    assert lines_of(shipment) == [("crm.orderline:11", Q(4), Q(0))]


def test_nothing_open_cancels_the_shipment_and_keeps_what_it_said(warehouse):
    shipment = warehouse.plan("5")

    assert warehouse.plan_lines([]) is None

    shipment.refresh_from_db()
    assert shipment.status == "cancelled"
    assert lines_of(shipment) == [("crm.orderline:11", Q(5), Q(0))]


def test_an_order_that_was_cancelled_and_wants_goods_again_gets_the_next_wave(warehouse):
    warehouse.plan("5")
    warehouse.plan_lines([])

    shipment = warehouse.plan("2")

    assert (shipment.wave, shipment.source_key, shipment.status) == (2, "crm.order:1/2", "planned")


def test_totals_leave_out_what_has_gone_already(warehouse):
    shipment = warehouse.plan("5")
    dispatch_shipment(shipment, actor=warehouse.clerk, quantities={shipment.lines.get().pk: Q(3)})

    rest = warehouse.plan("6", are_totals=True)

    assert rest.wave == 2
    assert lines_of(rest) == [("crm.orderline:11", Q(3), Q(0))]


def test_less_is_taken_from_the_latest_wave_first(warehouse):
    first = warehouse.plan("5")
    dispatch_shipment(first, actor=warehouse.clerk, quantities={first.lines.get().pk: Q(1)})
    second = warehouse.plan("4")

    warehouse.plan("3")

    assert lines_of(first) == [("crm.orderline:11", Q(1), Q(1))]
    assert lines_of(second) == [("crm.orderline:11", Q(3), Q(0))]


def test_another_address_reaches_the_planned_shipment(warehouse):
    warehouse.plan("5")
    other = Site.objects.create(company=warehouse.company, code="SOUTH", name="South")

    shipment = plan_shipment(
        company_id=warehouse.company.pk, order_key="crm.order:1", order_number="SO-00001", customer_id=warehouse.customer.pk, site_id=other.pk,
        ship_to="Elsewhere", actor=warehouse.clerk, lines=[PlannedLine("crm.orderline:11", warehouse.first.pk, "Oak shelf", Q(5))],
    )

    assert (shipment.ship_to, shipment.site_id, shipment.version) == ("Elsewhere", other.pk, 2)


def test_a_negative_quantity_or_a_line_named_twice_is_refused_and_nothing_is_planned(warehouse):
    line = PlannedLine("crm.orderline:11", warehouse.first.pk, "Oak shelf", Q(1))

    with pytest.raises(Refusal, match="below zero"):
        warehouse.plan("-1")
    with pytest.raises(Refusal, match="named twice"):
        warehouse.plan_lines([line, line])

    assert Shipment.objects.count() == 0


def test_sales_may_not_plan_shipments(warehouse):
    warehouse.clerk = make_user(warehouse.company, "sales")

    with pytest.raises(PermissionDenied):
        warehouse.plan("1")


@pytest.mark.parametrize("lines", [2, 40])
def test_planning_takes_at_most_six_statements_for_any_number_of_lines(planned_anew, db, lines):
    company = make_company()
    clerk, customer, product = make_user(company, "logistics"), make_customer(company), make_product(company)
    clerk.get_all_permissions()
    wanted = [PlannedLine(f"crm.orderline:{number}", product.pk, "x", Q(number + 1)) for number in range(lines)]

    def plan(lines):
        with caused_by(1), CaptureQueriesContext(connection) as captured:
            plan_shipment(
                company_id=company.pk, order_key="crm.order:9", order_number="SO-9", customer_id=customer.pk,
                site_id=Site.objects.get(company=company).pk, ship_to="", lines=lines, actor=clerk,
            )
        return len(statements(captured)) - 1

    assert plan(wanted) <= 4
    assert plan(wanted) <= 2
    assert plan([PlannedLine(line.order_line_key, product.pk, "x", line.quantity + 1) for line in wanted]) <= 6


def test_cancelling_an_order_cancels_its_open_shipments(warehouse):
    shipment = warehouse.plan("5")

    cancelled = cancel_open_shipments(company_id=warehouse.company.pk, order_key="crm.order:1", actor=warehouse.clerk)

    shipment.refresh_from_db()
    assert [s.pk for s in cancelled] == [shipment.pk]
    assert shipment.status == "cancelled"


def test_an_order_with_a_dispatched_shipment_is_not_cancelled_and_its_rest_stays_planned(warehouse):
    shipment = warehouse.plan("5")
    dispatch_shipment(shipment, actor=warehouse.clerk, quantities={shipment.lines.get().pk: Q(3)})

    with pytest.raises(Refusal, match="has left"):
        cancel_open_shipments(company_id=warehouse.company.pk, order_key="crm.order:1", actor=warehouse.clerk)

    assert list(Shipment.objects.order_by("wave").values_list("status", flat=True)) == ["dispatched", "planned"]
