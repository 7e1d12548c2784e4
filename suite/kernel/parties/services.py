"""Registering and changing parties, with their addresses and contacts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.kernel.documents.editing import editing, save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.numbering.services import next_number
from suite.kernel.parties.models import Address, ContactPoint, Party
from suite.kernel.parties.rules import compact_vat_number

SERIES = "P"
NEEDS_VAT_NUMBER = (Party.TaxTreatment.INTRA_COMMUNITY, Party.TaxTreatment.REVERSE_CHARGE)


@dataclass(frozen=True)
class AddressInput:
    """An address to keep with a party. No name: the party's own."""

    street: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = ""
    region: str = ""
    name: str = ""
    purpose: str = Address.Purpose.BOTH
    is_default: bool = False


@dataclass(frozen=True)
class ContactInput:
    """Somebody to speak to at a party."""

    name: str
    job_title: str = ""
    email: str = ""
    phone: str = ""
    is_primary: bool = False


def create_party(
    *, company_id: int, name: str, actor, number: str = "", source_key: str | None = None, addresses: Sequence[AddressInput] = (),
    contacts: Sequence[ContactInput] = (), **facts: Any,
) -> Party:
    """A new party with its addresses and contacts, numbered unless `number` is given; `facts` are columns of Party (is_customer=True …).

    With a `source_key` known already, the party made from it the first time. Raises PermissionDenied, or Refusal for a number that is
    taken, a VAT number that cannot be one, or a tax treatment that needs one.
    """
    def create() -> Party:
        if not may(actor, Party, "add"):
            raise PermissionDenied(_("You may not register parties."))
        if source_key:
            known = Party.objects.filter(company_id=company_id, source_key=source_key).first()
            if known is not None:
                return known
        party = Party(company_id=company_id, name=name, number=number, source_key=source_key, **facts)
        check_party(party, actor=actor)
        try:
            with transaction.atomic():
                party.save(force_insert=True)
        except IntegrityError as error:
            if error.__cause__.diag.constraint_name not in ("party_number_once", "party_source_once"):
                raise
            known = Party.objects.filter(company_id=company_id, source_key=source_key).first() if source_key else None
            if known is not None:
                return known
            raise _number_taken(party) from None
        Address.objects.bulk_create(Address(company_id=company_id, party=party, **asdict(address)) for address in addresses)
        ContactPoint.objects.bulk_create(ContactPoint(company_id=company_id, party=party, **asdict(contact)) for contact in contacts)
        return party

    return in_unit_of_work(create, actor=actor)


def update_party(party: Party, *, actor, expected_version: int | None = None, **facts: Any) -> Party:
    """The party with these columns changed. Raises PermissionDenied, StaleVersion, or Refusal as `create_party` does."""
    for field, value in facts.items():
        setattr(party, field, value)
    return save_record(party, actor=actor, expected_version=expected_version)


@editing(Party)
def check_party(party: Party, *, actor) -> None:
    """Numbers a new party, brings its VAT number into its compact form, and refuses what cannot stand. Pages and API come by here too."""
    if not party.name.strip():
        raise Refusal(_("Enter a name."), field="name")
    try:
        party.vat_number = compact_vat_number(party.vat_number)
    except ValueError:
        raise Refusal(
            _("%(number)s is not a VAT number; nothing was saved.") % {"number": party.vat_number}, field="vat_number", code="bad_vat_number",
            hint=_("Write it with the country in front, as in DE136695976, and compare it with the customer's letterhead."),
        ) from None
    if party.tax_treatment in NEEDS_VAT_NUMBER and not party.vat_number:
        raise Refusal(
            _("The tax treatment “%(treatment)s” needs the VAT number of the customer.") % {"treatment": party.get_tax_treatment_display()},
            field="vat_number", code="vat_number_missing", hint=_("Enter the VAT number, or choose another tax treatment."),
        )
    if not party.number:
        party.number = _free_number(party.company_id)
    elif Party.objects.filter(company_id=party.company_id, number=party.number).exclude(pk=party.pk).exists():
        raise _number_taken(party)


def _free_number(company_id: int) -> str:
    """The next number nobody has: imported parties may have brought some of the series with them."""
    while True:
        number = next_number(company_id=company_id, series=SERIES)
        if not Party.objects.filter(company_id=company_id, number=number).exists():
            return number


def _number_taken(party: Party) -> Refusal:
    return Refusal(
        _("There is a party with the number %(number)s already; nothing was saved.") % {"number": party.number}, field="number",
        code="number_taken", hint=_("Leave the number empty to get the next free one."),
    )
