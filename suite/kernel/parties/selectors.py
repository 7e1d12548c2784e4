"""Reads about parties that other rooms ask for."""

from django.db.models import QuerySet

from suite.kernel.documents.prepared import prepared
from suite.kernel.parties.models import Address, ContactPoint, Party


def printed_addresses(party_id: int) -> tuple[str, str]:
    """(billing, shipping) address of a party as printed, one line per row; empty where there is none. One statement.

    An address for one purpose beats one for both; a default beats any other.
    """
    rows = _addresses_of(party_id)

    def best(purpose: str) -> str:
        fitting = [row for row in rows if row.purpose in (purpose, Address.Purpose.BOTH)]
        fitting.sort(key=lambda row: (row.purpose != purpose, not row.is_default, row.pk))
        return "\n".join(fitting[0].lines) if fitting else ""

    billing, shipping = best(Address.Purpose.BILLING), best(Address.Purpose.SHIPPING)
    return billing or shipping, shipping or billing


@prepared
def _addresses_of(party_id: int) -> QuerySet[Address]:
    return Address.objects.filter(party_id=party_id).select_related("party").order_by("pk")


def mail_address(party: Party) -> str:
    """Where letters to a party go: its own address, else that of the person to speak to first; "" where there is none."""
    if party.email:
        return party.email
    contacts = ContactPoint.objects.filter(party=party).exclude(email="").order_by("-is_primary", "pk")
    return contacts.values_list("email", flat=True).first() or ""


def letter_address(party: Party) -> list[str]:
    """Name and address as printed on a letter; the name alone where no address is known."""
    address = Address.objects.filter(party=party).exclude(purpose=Address.Purpose.SHIPPING).order_by("-is_default", "pk").first()
    return address.lines if address else [party.name]
