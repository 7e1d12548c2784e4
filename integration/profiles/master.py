"""Writing what stands before the first order: company, books, places, parties, products. One transaction; repeating it adds what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from erp.inventory.models import Location, Warehouse
from erp.ledger.services import open_fiscal_year, set_up_books
from integration.profiles.mapping import Profile, Records
from integration.profiles.records import Record
from scm.carriers.models import Carrier
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.models import Currency
from suite.kernel.notes.models import Note
from suite.kernel.parties.models import Address, ContactPoint, Party
from suite.kernel.products.models import Product, ProductCategory
from suite.kernel.sites.models import Site
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from suite.kernel.units.models import Unit
from suite.kernel.users.models import User

PARTY_KINDS = ("supplier", "carrier", "employee", "customer")


@dataclass
class House:
    """The company that was set up, and where its records went: (kind, key in the source) to id."""

    company: Company
    actor: User
    site: Site
    location: Location
    tax: Tax
    ids: dict[tuple[str, str], int] = field(default_factory=dict)
    carriers: dict[str, int] = field(default_factory=dict)

    def id_of(self, record: Record | None) -> int | None:
        return None if record is None else self.ids[record.kind, record.key]


def set_up_house(profile: Profile, records: Records) -> House:
    """The company with everything an order refers to."""

    def write() -> House:
        orders = records["order"].values()
        house = _company(profile, [day for order in orders for day in (order.ordered_on, order.dispatched_on) if day])
        for kind in PARTY_KINDS:
            _parties(profile, house, kind, records[kind].values())
        _reports_to(house, records["employee"].values())
        _carriers(house, records["carrier"].values())
        _categories(house, records["category"].values())
        _products(profile, house, records["product"].values())
        return house

    return in_unit_of_work(write, actor=None)


def source_key(profile: Profile, record: Record) -> str:
    """The name of a record for ever: "northwind/order/10248"."""
    return f"{profile.source}/{record.kind}/{record.key}"


def _company(profile: Profile, dates: list[date]) -> House:
    given = profile.company
    currency, _new = Currency.objects.get_or_create(code=given["currency"]["code"], defaults=given["currency"])
    Unit.objects.get_or_create(code=given["unit"]["code"], defaults=given["unit"])
    company, _new = Company.objects.get_or_create(code=given["code"], defaults={
        "name": given["name"], "currency": currency, "country": given["country"], "timezone": given["timezone"], "address": given["address"],
    })
    actor = _mover(company)
    first, last = min(dates, default=timezone.localdate()).year, max(dates, default=timezone.localdate()).year
    set_up_books(company=company, actor=actor, first_year=first - 1, years=last - first + 2)
    for year in (timezone.localdate().year, timezone.localdate().year + 1):
        open_fiscal_year(company=company, year=year, actor=actor)
    site, _new = Site.objects.get_or_create(
        company=company, code=given["site"]["code"], defaults={"name": given["site"]["name"], "timezone": given["timezone"]},
    )
    warehouse, _new = Warehouse.objects.get_or_create(company=company, code=site.code, defaults={"name": site.name, "site": site})
    location, _new = Location.objects.get_or_create(company=company, warehouse=warehouse, code=given["location"])
    tax, _new = Tax.objects.get_or_create(
        company=company, code=given["tax"]["code"], defaults={"name": given["tax"]["name"], "rate": Decimal(0), "category": given["tax"]["category"]},
    )
    terms = given["payment_term"]
    term, new = PaymentTerm.objects.get_or_create(company=company, code=terms["code"], defaults={"name": terms["name"]})
    if new:
        PaymentTermShare.objects.create(company=company, term=term, percent=100, days=terms["days"])
    return House(company, actor, site, location, tax)


def _mover(company: Company) -> User:
    """Who the history names as having brought all this in; nobody can sign in as this user before a password is set."""
    user, new = User.objects.get_or_create(
        username=f"{company.code.lower()}-moving-in", defaults={"company": company, "first_name": "Moving in", "last_name": company.name[:100]},
    )
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        user.companies.add(company)
        user.groups.add(Group.objects.get(name="administrator"))
    return user


def _missing(model: type, company: Company, keys: Iterable[str]) -> set[str]:
    known = set(model.objects.filter(company=company, source_key__in=list(keys)).values_list("source_key", flat=True))
    return set(keys) - known


def _remember(house: House, kind: str, rows: Iterable[tuple[str, int]]) -> None:
    house.ids.update({(kind, key.split("/", 2)[2]): pk for key, pk in rows})


def _parties(profile: Profile, house: House, kind: str, records: Iterable[Record]) -> None:
    by_key = {source_key(profile, record): record for record in records}
    missing = _missing(Party, house.company, by_key)
    term = PaymentTerm.objects.get(company=house.company, code=profile.company["payment_term"]["code"]) if kind == "customer" else None
    made = Party.objects.bulk_create(
        Party(
            company=house.company, number=record.number, name=record.name, source_key=key, country=record.country or "",
            phone=record.phone or "", website=record.website or "", payment_term=term, **{f"is_{kind}": True},
            kind=Party.Kind.PERSON if kind == "employee" else Party.Kind.ORGANISATION,
        )
        for key, record in by_key.items() if key in missing
    )
    Address.objects.bulk_create(
        Address(
            company=house.company, party=party, is_default=True, street=record.street or "", city=record.city or "", region=record.region or "",
            postal_code=record.postal_code or "", country=record.country or "",
        )
        for party in made if (record := by_key[party.source_key]).street or record.city
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(
            company=house.company, party=party, is_primary=True, name=record.contact_name, job_title=record.contact_title or "",
            phone=record.contact_phone or "",
        )
        for party in made if (record := by_key[party.source_key]).contact_name
    )
    party_type = ContentType.objects.get_for_model(Party)
    Note.objects.bulk_create(
        Note(company=house.company, content_type=party_type, object_id=party.pk, text=record.note, author=house.actor)
        for party in made if (record := by_key[party.source_key]).note
    )
    _remember(house, kind, Party.objects.filter(company=house.company, source_key__in=list(by_key)).values_list("source_key", "pk"))


def _reports_to(house: House, records: Iterable[Record]) -> None:
    superiors = {house.id_of(record): house.id_of(record.reports_to) for record in records if record.reports_to}
    parties = list(Party.objects.filter(pk__in=superiors, reports_to=None))
    for party in parties:
        party.reports_to_id = superiors[party.pk]
    Party.objects.bulk_update(parties, ["reports_to"])


def _carriers(house: House, records: Iterable[Record]) -> None:
    known = dict(Carrier.objects.filter(company=house.company).values_list("code", "pk"))
    made = Carrier.objects.bulk_create(
        Carrier(company=house.company, party_id=house.id_of(record), code=record.code, name=record.name[:80])
        for record in records if record.code not in known
    )
    house.carriers = {**known, **{carrier.code: carrier.pk for carrier in made}}


def _categories(house: House, records: Iterable[Record]) -> None:
    records = list(records)
    known = dict(ProductCategory.objects.filter(company=house.company).values_list("code", "pk"))
    made = ProductCategory.objects.bulk_create(
        ProductCategory(company=house.company, code=record.code, name=record.name) for record in records if record.code not in known
    )
    known.update({category.code: category.pk for category in made})
    house.ids.update({("category", record.key): known[record.code] for record in records})


def _products(profile: Profile, house: House, records: Iterable[Record]) -> None:
    by_key = {source_key(profile, record): record for record in records}
    missing = _missing(Product, house.company, by_key)
    unit = Unit.objects.get(code=profile.company["unit"]["code"])
    charge = Product(
        company=house.company, sku=profile.charge["sku"], name=profile.charge["name"], kind=Product.Kind.CHARGE, unit=unit, tax=house.tax,
        source_key=f"{profile.source}/charge/freight",
    )
    made = [
        Product(
            company=house.company, sku=record.sku, name=record.name, description=record.description or "", unit=unit, tax=house.tax,
            category_id=house.id_of(record.category), supplier_id=house.id_of(record.supplier), list_price=record.list_price,
            valuation=profile.company["valuation"], reorder_point=record.reorder_point or 0, source_key=key,
        )
        for key, record in by_key.items() if key in missing
    ]
    if _missing(Product, house.company, [charge.source_key]):
        made.append(charge)
    Product.objects.bulk_create(made)
    _remember(house, "product", Product.objects.filter(company=house.company, source_key__in=list(by_key)).values_list("source_key", "pk"))
    house.ids["charge", "freight"] = Product.objects.values_list("pk", flat=True).get(company=house.company, source_key=charge.source_key)
