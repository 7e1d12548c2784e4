"""What sales knows of a customer."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.customers.models import CustomerTerms
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.prepared import prepared
from suite.kernel.parties.models import Party


def customer_of(*, company_id: int, customer_id: int) -> Party:
    """The customer with its terms loaded (`customer_terms`). Raises Refusal when the company has no such customer. One statement."""
    customer = _customer_with_terms.first(company_id, customer_id)
    if customer is None:
        raise Refusal(
            _("There is no such customer; nothing was saved."), field="customer", code="unknown_customer",
            hint=_("Choose a customer from the list, or register it first."),
        )
    return customer


@prepared
def _customer_with_terms(company_id: int, customer_id: int) -> QuerySet[Party]:
    found = Party.objects.filter(company_id=company_id, pk=customer_id, is_customer=True)
    return found.select_related("customer_terms", "customer_terms__site").order_by()


def refuse_inactive(customer: Party) -> None:
    """Raises Refusal for a customer nobody may sell to any more."""
    if not customer.is_active:
        raise Refusal(
            _("%(customer)s is no longer an active customer.") % {"customer": customer}, field="customer", code="inactive_customer",
            hint=_("Set the customer active again, or choose another one."),
        )


def terms_of(customer: Party) -> CustomerTerms | None:
    """The sales terms of a customer, None where the company's own apply."""
    return getattr(customer, "customer_terms", None)
