"""Registering customers and keeping what sales agreed with them."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from crm.customers.models import CustomerTerms
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.parties.services import AddressInput, ContactInput, create_party


def register_customer(
    *, name: str, actor, company_id: int | None = None, number: str = "", addresses: Sequence[AddressInput] = (),
    contacts: Sequence[ContactInput] = (), price_list_id: int | None = None, site_id: int | None = None, notes: str = "",
    source_key: str | None = None, **facts: Any,
) -> Party:
    """A new customer of the company (the actor's own unless given) with its sales terms; `facts` are columns of Party.

    Repeating it with the same `source_key` gives the same customer. Raises PermissionDenied, or Refusal as `create_party` does.
    """
    company_id = company_id or actor.company_id

    def register() -> Party:
        customer = create_party(
            company_id=company_id, name=name, actor=actor, number=number, addresses=addresses, contacts=contacts, source_key=source_key,
            is_customer=True, **facts,
        )
        CustomerTerms.objects.get_or_create(
            party=customer, defaults={"company_id": company_id, "price_list_id": price_list_id, "site_id": site_id, "notes": notes},
        )
        return customer

    return in_unit_of_work(register, actor=actor)


@editing(CustomerTerms)
def check_terms(terms: CustomerTerms, *, actor) -> None:
    """Refuses terms for somebody who is no customer, or that name a price list or site of another company."""
    if terms.party_id is None or not terms.party.is_customer or terms.party.company_id != terms.company_id:
        raise Refusal(_("Choose a customer of this company."), field="party", hint=_("Mark the party as a customer first."))
    if terms.price_list_id and terms.price_list.company_id != terms.company_id:
        raise Refusal(_("There is no such price list; nothing was saved."), field="price_list", hint=_("Choose one from the list."))
    if terms.site_id and terms.site.company_id != terms.company_id:
        raise Refusal(_("There is no such site; nothing was saved."), field="site", hint=_("Choose a site from the list."))
