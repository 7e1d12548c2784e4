"""Registering customers: numbers, VAT numbers, addresses, terms."""

from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied

from crm.customers.models import CustomerTerms
from crm.customers.services import register_customer
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, StaleVersion
from suite.kernel.parties.models import Party
from suite.kernel.parties.rules import compact_vat_number
from suite.kernel.parties.selectors import printed_addresses
from suite.kernel.parties.services import AddressInput, ContactInput, update_party
from tests.factories.base import make_company, make_customer, make_user
from tests.factories.sales import make_price_list


def test_a_customer_comes_with_number_address_contact_and_terms(company, clerk):
    price_list = make_price_list(company)

    customer = register_customer(
        name="Blue Ltd", actor=clerk, vat_number="de 136 695 976", credit_limit=D(500), price_list_id=price_list.pk,
        addresses=[AddressInput(street="1 High St", city="Town", country="Germany")], contacts=[ContactInput("Ann", is_primary=True)],
    )

    customer.refresh_from_db()
    assert (customer.number, customer.company, customer.is_customer, customer.vat_number) == ("P-00001", company, True, "DE136695976")
    assert printed_addresses(customer.pk) == ("Blue Ltd\n1 High St\nTown\nGermany", "Blue Ltd\n1 High St\nTown\nGermany")
    assert customer.contacts.get().name == "Ann"
    assert customer.customer_terms.price_list == price_list


def test_the_same_source_key_registers_once(company, clerk):
    first = register_customer(name="Blue Ltd", actor=clerk, source_key="shop:7")
    second = register_customer(name="Blue Limited", actor=clerk, source_key="shop:7")

    assert first.pk == second.pk
    assert CustomerTerms.objects.count() == 1


@pytest.mark.parametrize(("typed", "kept"), [
    ("", ""), ("DE136695976", "DE136695976"), ("el 094259216", "EL094259216"), ("gb 980 7806 84", "GB980780684"), ("US12-3456789", "US123456789"),
])
def test_a_vat_number_is_kept_compact(typed, kept):
    assert compact_vat_number(typed) == kept


@pytest.mark.parametrize("typed", ["136695976", "DE136695977", "DE1", "??"])
def test_what_cannot_be_a_vat_number_is_refused(company, clerk, typed):
    with pytest.raises(Refusal, match="is not a VAT number; nothing was saved") as refused:
        register_customer(name="Blue Ltd", actor=clerk, vat_number=typed)

    assert refused.value.field == "vat_number"
    assert not Party.objects.exists()


def test_an_intra_community_customer_needs_a_vat_number(company, clerk):
    with pytest.raises(Refusal, match="needs the VAT number") as refused:
        register_customer(name="Blue Ltd", actor=clerk, tax_treatment="intra_community")

    assert refused.value.field == "vat_number"


def test_a_number_that_is_taken_is_refused_but_free_in_another_company(company, clerk):
    other = make_company()
    register_customer(name="Blue Ltd", actor=clerk, number="C1")

    with pytest.raises(Refusal, match="There is a party with the number C1 already") as refused:
        register_customer(name="Red Ltd", actor=clerk, number="C1")

    assert refused.value.field == "number"
    assert register_customer(name="Red Ltd", actor=make_user(other), number="C1").company == other


def test_the_next_number_steps_over_imported_ones(company, clerk):
    register_customer(name="Imported", actor=clerk, number="P-00001")

    assert register_customer(name="Blue Ltd", actor=clerk).number == "P-00002"


def test_a_changed_party_is_checked_the_same_way(company, clerk):
    customer = make_customer(company)

    update_party(customer, actor=clerk, name="New name", vat_number="DE 136695976", expected_version=1)
    with pytest.raises(Refusal, match="is not a VAT number"):
        update_party(customer, actor=clerk, vat_number="nonsense")
    with pytest.raises(StaleVersion):
        update_party(customer, actor=clerk, vat_number="", expected_version=1)

    customer.refresh_from_db()
    assert (customer.name, customer.vat_number, customer.version) == ("New name", "DE136695976", 2)


def test_who_may_not_register_parties_registers_none(company):
    with pytest.raises(PermissionDenied):
        register_customer(name="Blue Ltd", actor=make_user(company, "logistics"))

    assert not Party.objects.exists()


def test_terms_are_for_customers_of_the_company_with_its_own_price_list(company, clerk):
    foreign = make_price_list(make_company())
    supplier = Party.objects.create(company=company, number="S1", name="Supplier", is_supplier=True)

    with pytest.raises(Refusal, match="Choose a customer of this company"):
        save_record(CustomerTerms(party=supplier), actor=clerk)
    with pytest.raises(Refusal, match="There is no such price list"):
        save_record(CustomerTerms(party=make_customer(company), price_list=foreign), actor=clerk)

    assert not CustomerTerms.objects.exists()


def test_an_address_for_one_purpose_beats_one_for_both_and_a_default_beats_others(company, clerk):
    customer = register_customer(name="Blue", actor=clerk, addresses=[
        AddressInput(street="any"), AddressInput(street="default", is_default=True), AddressInput(street="dock", purpose="shipping"),
    ])

    assert printed_addresses(customer.pk) == ("Blue\ndefault", "Blue\ndock")
