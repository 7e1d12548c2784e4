"""What every test stands on: a company with currency, unit, taxes and site, its users by role, and parties and products to trade with.

`make_company` gives no books; `tests.factories.books.make_books` opens them.
"""

from decimal import Decimal
from itertools import count

from django.contrib.auth.models import Group

from suite.kernel.companies.models import Company
from suite.kernel.money.models import Currency
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product, ProductCategory
from suite.kernel.sites.models import Site
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from suite.kernel.units.models import Unit
from suite.kernel.users.models import User
from suite.kernel.users.services import sync_roles

_numbers = count(1)


def make_company(code: str = "", **values) -> Company:
    """A company in EUR with site MAIN, taxes T10, T20 and T0 and payment term NET30. Roles and the service user exist."""
    code = code or f"C{next(_numbers)}"
    euro, _made = Currency.objects.get_or_create(code="EUR", defaults={"name": "Euro", "symbol": "€", "digits": 2})
    Unit.objects.get_or_create(code="pcs", defaults={"name": "Piece", "uncl_code": "H87"})
    company = Company.objects.create(code=code, name=f"Company {code}", currency=values.pop("currency", euro), **values)
    Site.objects.create(company=company, code="MAIN", name="Main site")
    for name, rate, category in (("T10", "0.10", "S"), ("T20", "0.20", "S"), ("T0", "0", "Z")):
        Tax.objects.create(company=company, code=name, name=f"Tax {name[1:]} %", rate=Decimal(rate), category=category)
    term = PaymentTerm.objects.create(company=company, code="NET30", name="30 days")
    PaymentTermShare.objects.create(company=company, term=term, percent=100, days=30)
    if not User.objects.filter(username="integration").exists() or not Group.objects.filter(name="administrator").exists():
        sync_roles()
    return company


def make_user(company: Company, role: str = "administrator", **values) -> User:
    """Somebody who works in the company in one role of suite/access/roles.py."""
    username = values.pop("username", f"{role}-{next(_numbers)}")
    user = User.objects.create_user(username=username, password="a long pass phrase", company=company, **values)
    user.companies.add(company)
    user.groups.add(Group.objects.get(name=role))
    return user


def make_customer(company: Company, name: str = "", **values) -> Party:
    """A customer with the company's 30-day term."""
    number = f"P{next(_numbers):05d}"
    term = values.pop("payment_term", PaymentTerm.objects.filter(company=company, code="NET30").first())
    return Party.objects.create(company=company, number=number, name=name or f"Customer {number}", is_customer=True, payment_term=term, **values)


def make_product(company: Company, sku: str = "", **values) -> Product:
    """Goods at 20.00 with 10 % tax, valued first in, first out."""
    sku = sku or f"SKU{next(_numbers):05d}"
    values.setdefault("tax", Tax.objects.get(company=company, code="T10"))
    values.setdefault("list_price", Decimal("20"))
    return Product.objects.create(company=company, sku=sku, name=values.pop("name", f"Product {sku}"), unit=Unit.objects.get(code="pcs"), **values)


def make_category(company: Company, code: str = "", **values) -> ProductCategory:
    code = code or f"CAT{next(_numbers)}"
    return ProductCategory.objects.create(company=company, code=code, name=values.pop("name", f"Category {code}"), **values)
