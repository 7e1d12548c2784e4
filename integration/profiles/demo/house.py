"""Setting the demo company up: everything that stands before its first order, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Group

from crm.customers.models import CustomerTerms
from crm.pricing.models import PriceList, PriceListItem
from erp.banking.models import BankAccount
from erp.inventory.models import Location, Warehouse
from erp.ledger.models import Account, Journal
from erp.ledger.services import set_up_books
from integration.profiles.demo.description import description
from integration.profiles.demo.plan import Plan
from scm.carriers.models import Carrier, CarrierRate
from suite.kernel.calendars.models import Holiday, WorkCalendar
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.models import Currency
from suite.kernel.parties.models import Address, ContactPoint, Party
from suite.kernel.products.models import Barcode, Product, ProductCategory
from suite.kernel.sites.models import Site
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from suite.kernel.units.models import Unit
from suite.kernel.users.models import User


@dataclass
class House:
    """The demo company with the ids that its story needs."""

    company: Company
    staff: dict[str, User] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    location: Location | None = None
    bank: BankAccount | None = None
    products: list[int] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    representatives: list[int] = field(default_factory=list)
    carriers: dict[str, Carrier] = field(default_factory=dict)
    freight_id: int = 0
    service_id: int = 0

    def person(self, role: str) -> User:
        """The member of staff in a role."""
        return self.staff[role]


def find_house() -> House | None:
    """The demo company as it stands; None where there is none."""
    company = Company.objects.filter(code=description()["company"]["code"]).first()
    return _find(company) if company else None


def build_house(plan: Plan) -> House:
    """Sets the company up and returns it."""

    def build() -> House:
        company = _company()
        staff = _staff(company)
        set_up_books(company=company, actor=staff["administrator"], first_year=plan.first.year, years=plan.today.year - plan.first.year + 2)
        _bank_accounts(company)
        _places(company, plan.first, plan.today)
        taxes, terms = _taxes(company), _terms(company)
        lists = _price_lists(company, _goods(company, plan, taxes))
        representatives = _representatives(company)
        _customers(company, plan, terms, lists, representatives)
        _carriers(company)
        return _find(company)

    return in_unit_of_work(build, actor=None)


def _find(company: Company) -> House:
    code = {"company": company}
    products = Product.objects.filter(**code)
    return House(
        company=company,
        staff={one["role"]: User.objects.get(username=one["username"]) for one in description()["staff"]},
        sites={site.code: site for site in Site.objects.filter(**code)},
        location=Location.objects.get(**code, code=description()["sites"][0]["locations"][0][0]),
        bank=BankAccount.objects.get(**code, code=description()["bank_accounts"][0]["code"]),
        products=list(products.filter(kind=Product.Kind.GOODS).order_by("pk").values_list("pk", flat=True)),
        customers=list(Party.objects.filter(**code, is_customer=True).order_by("number").values_list("pk", flat=True)),
        representatives=list(Party.objects.filter(**code, is_employee=True).order_by("number").values_list("pk", flat=True)),
        carriers={carrier.code: carrier for carrier in Carrier.objects.filter(**code)},
        freight_id=products.get(kind=Product.Kind.CHARGE).pk, service_id=products.get(kind=Product.Kind.SERVICE).pk,
    )


def _company() -> Company:
    given = description()["company"]
    euro, _new = Currency.objects.get_or_create(code=given["currency"], defaults={"name": "Euro", "symbol": "€", "digits": 2})
    Unit.objects.get_or_create(code="pcs", defaults={"name": "Piece", "uncl_code": "H87"})
    Unit.objects.get_or_create(code="h", defaults={"name": "Hour", "uncl_code": "HUR"})
    plain = {key: value for key, value in given.items() if key not in ("currency", "payment_tolerance")}
    return Company.objects.create(**plain, currency=euro, payment_tolerance=Decimal(given["payment_tolerance"]))


def _staff(company: Company) -> dict[str, User]:
    staff = {}
    for one in description()["staff"]:
        user = User.objects.create_user(
            username=one["username"], password=one["password"], first_name=one["name"][0], last_name=one["name"][1],
            email=f"{one['username']}@larnbeck.example", company=company, is_staff=one["role"] == "administrator",
        )
        user.companies.add(company)
        user.groups.add(Group.objects.get(name=one["role"]))
        staff[one["role"]] = user
    return staff


def _bank_accounts(company: Company) -> None:
    journal = Journal.objects.get(company=company, kind=Journal.Kind.BANK)
    accounts = dict(Account.objects.filter(company=company, code__in=("1000", "1010")).values_list("code", "pk"))
    BankAccount.objects.bulk_create(
        BankAccount(
            company=company, code=one["code"], name=one["name"], iban=one.get("iban", ""), is_cash=one.get("is_cash", False), journal=journal,
            account_id=accounts["1000" if one.get("is_cash") else "1010"], currency=company.currency,
        )
        for one in description()["bank_accounts"]
    )


def _places(company: Company, first: date, today: date) -> None:
    given = description()["calendar"]
    calendar = WorkCalendar.objects.create(company=company, code=given["code"], name=given["name"])
    Holiday.objects.bulk_create(
        Holiday(company=company, calendar=calendar, day=date(year, *map(int, day.split("-"))), name=name)
        for year in range(first.year, today.year + 2) for day, name in given["holidays"]
    )
    for one in description()["sites"]:
        site = Site.objects.create(
            company=company, code=one["code"], name=one["name"], address=one["address"], timezone=company.timezone, calendar=calendar,
        )
        warehouse = Warehouse.objects.create(company=company, code=one["code"], name=one["name"], site=site)
        Location.objects.bulk_create(
            Location(company=company, warehouse=warehouse, code=code, name=name, kind=kind) for code, name, kind in one["locations"]
        )


def _taxes(company: Company) -> dict[str, Tax]:
    return {
        one["code"]: Tax.objects.create(company=company, **{**one, "rate": Decimal(one["rate"])}) for one in description()["taxes"]
    }


def _terms(company: Company) -> dict[str, PaymentTerm]:
    terms = {}
    for one in description()["terms"]:
        given = {key: Decimal(value) if key == "discount_percent" else value for key, value in one.items() if key != "shares"}
        terms[one["code"]] = term = PaymentTerm.objects.create(company=company, **given)
        PaymentTermShare.objects.bulk_create(
            PaymentTermShare(company=company, term=term, position=position, percent=percent, days=days)
            for position, (percent, days) in enumerate(one["shares"], 1)
        )
    return terms


def _goods(company: Company, plan: Plan, taxes: dict[str, Tax]) -> dict[str, ProductCategory]:
    categories = {
        one["code"]: ProductCategory.objects.create(company=company, code=one["code"], name=one["name"]) for one in description()["categories"]
    }
    facts = {one["code"]: one for one in description()["categories"]}
    pieces, hours = Unit.objects.get(code="pcs"), Unit.objects.get(code="h")
    products = Product.objects.bulk_create([
        Product(
            company=company, sku=good.sku, name=good.name, category=categories[good.category], unit=pieces, list_price=good.price,
            tax=taxes[facts[good.category]["tax"]], valuation=facts[good.category]["valuation"], tracking="lot" if good.lots else "none",
            standard_cost=good.cost if facts[good.category]["valuation"] == "standard" else 0, weight_kg=good.weight_kg,
            lead_days=facts[good.category]["lead_days"], reorder_point=4,
        )
        for good in plan.goods
    ])
    for one in description()["services"]:
        Product.objects.create(
            company=company, sku=one["sku"], name=one["name"], kind=one.get("kind", "service"), unit=hours if "kind" not in one else pieces,
            list_price=Decimal(one["price"]), tax=taxes[one["tax"]],
        )
    Barcode.objects.bulk_create(
        Barcode(company=company, product=product, code=f"20000000{number:05d}") for number, product in enumerate(products, 1)
    )
    return categories


def _price_lists(company: Company, categories: dict[str, ProductCategory]) -> dict[str, PriceList]:
    lists: dict[str, PriceList] = {}
    for one in description()["price_lists"]:
        lists[one["code"]] = PriceList.objects.create(
            company=company, code=one["code"], name=one["name"], currency=company.currency, is_default=one.get("is_default", False),
            parent=lists.get(one.get("parent", "")),
        )
        PriceListItem.objects.bulk_create(
            PriceListItem(
                company=company, price_list=lists[one["code"]], category=categories[category], min_quantity=quantity, discount=Decimal(discount),
            )
            for category, quantity, discount in one["tiers"]
        )
    return lists


def _representatives(company: Company) -> list[Party]:
    return Party.objects.bulk_create(
        Party(company=company, number=one["number"], name=one["name"], kind=Party.Kind.PERSON, is_employee=True, country="DE")
        for one in description()["representatives"]
    )


def _customers(company: Company, plan: Plan, terms: dict, lists: dict, representatives: list[Party]) -> None:
    parties = Party.objects.bulk_create(
        Party(
            company=company, number=one.number, name=one.name, is_customer=True, country=one.country, tax_treatment=one.treatment,
            vat_number=one.vat_number, email=one.email, phone=one.phone, payment_term=terms[one.term], credit_limit=one.credit_limit,
            sales_representative=representatives[one.representative], language="de" if one.country in ("DE", "AT", "CH") else "en",
        )
        for one in plan.customers
    )
    _for_each(Address, plan, parties, lambda one: {
        "street": one.street, "postal_code": one.postal_code, "city": one.city, "country": one.country, "is_default": True,
    })
    _for_each(ContactPoint, plan, parties, lambda one: {
        "name": one.contact, "job_title": one.job_title, "email": one.email, "phone": one.phone, "is_primary": True,
    })
    _for_each(CustomerTerms, plan, parties, lambda one: {"price_list": lists[one.price_list]})


def _for_each(model: type, plan: Plan, parties: list[Party], values: Callable[[Any], dict[str, Any]]) -> None:
    model.objects.bulk_create(
        model(company=party.company, party=party, **values(one)) for party, one in zip(parties, plan.customers, strict=True)
    )


def _carriers(company: Company) -> None:
    for number, one in enumerate(description()["carriers"], 1):
        party = Party.objects.create(company=company, number=f"F{number:02d}", name=one["name"], is_carrier=True, country="DE")
        carrier = Carrier.objects.create(
            company=company, party=party, code=one["code"], name=one["name"], service=one["service"], tracking_url=one.get("tracking_url", ""),
            transit_days=one["transit_days"],
        )
        CarrierRate.objects.bulk_create(
            CarrierRate(company=company, carrier=carrier, country=country, up_to_kg=up_to, price=Decimal(price))
            for country, up_to, price in one["rates"]
        )
