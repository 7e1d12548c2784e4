"""Which tax applies where: fiscal positions by country, tax number, date and priority, on orders, bills and invoices, with the reason."""

from datetime import date
from decimal import Decimal

import pytest

from erp.ledger.models import Account
from erp.receivables.models import FiscalPositionAccount
from erp.receivables.services import draft_invoice, post_invoice
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.taxes.models import FiscalPosition, FiscalPositionTax, Tax
from suite.kernel.taxes.selectors import position_of, taxes_for
from tests.factories.base import make_customer, make_product
from tests.factories.books import net_by_role
from tests.factories.payables import Buying
from tests.factories.sales import make_order
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db


def position(company, code="EU", *, source="T10", target="IC", actor=None, **values) -> FiscalPosition:
    tax, _made = Tax.objects.get_or_create(
        company=company, code=target, defaults={
            "name": f"Tax {target}", "rate": Decimal(0), "category": "K", "exemption_reason": "Intra-Community supply", "exemption_code": "VATEX-EU-IC"},
    )
    made = FiscalPosition(company=company, code=code, name=f"Position {code}", **{"country_group": "eu", "needs_tax_number": True} | values)
    row = FiscalPositionTax(source=Tax.objects.get(company=company, code=source), target=tax)
    return save_record(made, actor=actor, lines=[("fiscal_position", [row], [])])


@pytest.fixture
def trade() -> Trade:
    return Trade(country="DE")


def test_chosen_by_country_and_tax_number_and_says_why(trade):
    position(trade.company, actor=trade.actor)
    product = make_product(trade.company)
    french = make_customer(trade.company, "Étoile", country="France", vat_number="FR40303265045")
    found = taxes_for(company_id=trade.company.pk, party=french, products=[product], on=DAY)[product.pk]
    assert found.tax.code == "IC"
    assert found.reason == "Tax IC instead of Tax 10 %: fiscal position Position EU, because Étoile is in FR, with a tax number."
    for customer in (make_customer(trade.company, country="FR"), make_customer(trade.company, country="DE", vat_number="DE136695976"),
                     make_customer(trade.company, country="Switzerland", vat_number="CHE123")):
        assert taxes_for(company_id=trade.company.pk, party=customer, products=[product], on=DAY)[product.pk].tax.code == "T10"


def test_the_order_and_its_invoice_explain_the_tax(trade):
    position(trade.company, actor=trade.actor)
    customer = make_customer(trade.company, "Étoile", country="FR", vat_number="FR40303265045")
    order = make_order(trade.company, customer=customer, actor=trade.actor)
    line = order.lines.get()
    assert (line.tax.code, order.tax) == ("IC", 0)
    assert "fiscal position Position EU" in line.tax_reason


def test_priority_dates_and_the_position_a_party_names(trade):
    position(trade.company, "ALL", actor=trade.actor, country_group="any", needs_tax_number=False, priority=20, target="X")
    position(trade.company, "CH", actor=trade.actor, country_group="listed", countries="Schweiz", needs_tax_number=False, priority=5,
             valid_until=date(2026, 3, 31), target="G")
    named = position(trade.company, "NAMED", actor=trade.actor, is_automatic=False, target="N")
    swiss = make_customer(trade.company, country="CH")

    def code(party, on=DAY):
        return position_of(company_id=trade.company.pk, party=party, on=on).name

    assert code(swiss) == "Position CH"
    assert code(swiss, date(2026, 4, 1)) == "Position ALL"
    swiss.fiscal_position = named
    assert code(swiss) == "Position NAMED"


def test_statements_do_not_grow_with_positions(trade, django_assert_max_num_queries):
    for number in range(5):
        position(trade.company, f"P{number}", actor=trade.actor, priority=number)
    customer = make_customer(trade.company, country="FR", vat_number="FR40303265045")
    products = [make_product(trade.company) for _ in range(4)]
    with django_assert_max_num_queries(2):
        taxes_for(company_id=trade.company.pk, party=customer, products=products, on=DAY)


def test_revenue_abroad_goes_to_its_own_account(trade):
    made = position(trade.company, actor=trade.actor)
    abroad = Account.objects.create(company=trade.company, code="4001", name="Revenue EU", type="income")
    FiscalPositionAccount.objects.create(company=trade.company, fiscal_position=made, role="REVENUE", account=abroad)
    customer = make_customer(trade.company, country="FR", vat_number="FR40303265045")
    ic = Tax.objects.get(company=trade.company, code="IC")
    invoice = post_invoice(
        draft_invoice(company_id=trade.company.pk, customer_id=customer.pk, lines=[trade.line("1", "100", kind="service", tax=ic)], currency_id="EUR",
                      actor=trade.actor), actor=trade.actor, issued_on=DAY)
    assert net_by_role(invoice.entry) == {"AR": Decimal(100), "4001": Decimal(-100)}
    assert invoice.fiscal_position == made


def test_bills_take_the_products_tax_through_the_position():
    buying = Buying(country="DE")
    reverse = Tax.objects.create(company=buying.company, code="RC", name="Reverse charge", rate=0, category="AE", self_assessed_rate=Decimal("0.19"))
    position(buying.company, actor=buying.actor, target="RC")
    buying.supplier.country, buying.supplier.vat_number = "AT", "ATU12345675"
    buying.supplier.save()
    product = make_product(buying.company, kind="service")
    bill = buying.draft(type(buying.line())(description="Advice", quantity=Decimal(1), unit_price=Decimal(100), product_id=product.pk))
    line = bill.lines.get()
    assert line.tax == reverse
    assert "Position EU" in line.tax_reason
    typed = buying.draft(buying.line(), reference="R-2").lines.get()
    assert typed.tax_reason.startswith("Tax 10 %: chosen by hand; fiscal position Position EU would have it Reverse charge")


@pytest.mark.parametrize(("values", "field", "code"), [
    ({"country_group": "listed", "countries": "Atlantis"}, "countries", "unknown_country"),
    ({"code": "E2"}, "priority", "fiscal_positions_overlap"),
])
def test_what_is_refused(trade, values, field, code):
    position(trade.company, actor=trade.actor)
    with pytest.raises(Refusal) as refused:
        position(trade.company, **({"code": "OTHER"} | values), actor=trade.actor)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert FiscalPosition.objects.count() == 1


def test_a_mapping_to_a_tax_of_the_wrong_kind_is_refused(trade):
    Tax.objects.create(company=trade.company, code="W", name="Withheld", rate=Decimal("0.1"), kind="withholding")
    with pytest.raises(Refusal) as refused:
        position(trade.company, target="W", actor=trade.actor)
    assert (refused.value.field, refused.value.code) == ("target", "tax_of_wrong_kind")
    assert not FiscalPosition.objects.exists()
