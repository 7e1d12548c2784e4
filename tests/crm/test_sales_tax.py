"""The tax of a line follows the product, or the customer's treatment, and says why."""

from datetime import date
from decimal import Decimal as D

import pytest

from crm.orders.models import Order
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_customer, make_product
from tests.factories.sales import make_order, make_tax


@pytest.mark.parametrize(("treatment", "category"), [
    ("intra_community", "K"), ("reverse_charge", "AE"), ("export", "G"), ("exempt", "E"),
])
def test_the_customers_treatment_replaces_the_tax_of_the_product(company, clerk, treatment, category):
    make_tax(company, f"NO-{category}", "0", category, name=f"No tax {category}")
    customer = make_customer(company, tax_treatment=treatment, vat_number="DE136695976")

    order = make_order(company, customer=customer, actor=clerk)

    line = order.lines.get()
    assert (line.tax.category, line.tax_rate, order.tax, order.gross) == (category, D(0), D("0.00"), D("100.00"))
    assert line.tax_reason == f"No tax {category}: the customer's tax treatment is “{customer.get_tax_treatment_display()}”."


def test_a_treatment_without_its_tax_is_refused_and_says_what_to_set_up(company, clerk):
    customer = make_customer(company, tax_treatment="export")

    with pytest.raises(Refusal, match=r"there is no active tax of category G \(Export\)") as refused:
        make_order(company, customer=customer, actor=clerk)

    assert refused.value.field == "customer"
    assert "Set up a tax of this category" in str(refused.value.hint)
    assert not Order.objects.exists()


def test_a_domestic_customer_pays_the_tax_of_the_product(company, clerk):
    line = make_order(company, actor=clerk).lines.get()

    assert (line.tax.code, line.tax_reason) == ("T10", "Tax 10 %: tax of the product, domestic customer.")


def test_a_tax_past_its_last_day_is_refused(company, clerk):
    product = make_product(company, "TEA", name="Tea", tax=make_tax(company, "OLD", "0.16", valid_until=date(2025, 12, 31)))

    with pytest.raises(Refusal, match="Tax OLD of TEA Tea is not valid on 2026-03-02"):
        make_order(company, actor=clerk, lines=[(product, 1)])


def test_each_rate_is_rounded_for_itself(company, clerk):
    low, high = make_product(company, list_price=D("10.05")), make_product(company, tax=make_tax(company, "T20B", "0.20"), list_price=D("10.03"))

    order = make_order(company, actor=clerk, lines=[(low, 1), (high, 1), (low, 1)])

    assert (order.net, order.tax, order.gross) == (D("30.13"), D("4.02"), D("34.15"))
