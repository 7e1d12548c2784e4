"""Carriers with rates, and shipments of orders that exist only by their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count

from scm.carriers.models import Carrier, CarrierRate
from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.services import PlannedLine, plan_shipment
from suite.kernel.companies.models import Company
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_customer, make_product, make_user

_numbers = count(1)


@dataclass
class Warehouse:
    """A company with somebody who ships, a customer and two products: 101 weighs 1.5 kg, 102 half a kilo."""

    company: Company
    clerk: User
    customer: Party
    site: Site
    first: Product
    second: Product

    def plan(self, *quantities: str, order: int = 1, **values) -> Shipment | None:
        """The order's plan with these quantities: first line of the first product, second line of the second."""
        products = (self.first, self.second)
        lines = [
            PlannedLine(f"crm.orderline:{order}{position}", product.pk, product.name, Decimal(quantity))
            for position, (product, quantity) in enumerate(zip(products, quantities, strict=False), 1)
        ]
        return self.plan_lines(lines, order=order, **values)

    def plan_lines(self, lines: Sequence[PlannedLine], *, order: int = 1, **values) -> Shipment | None:
        return plan_shipment(
            company_id=self.company.pk, order_key=f"crm.order:{order}", order_number=f"SO-{order:05d}", customer_id=self.customer.pk,
            site_id=self.site.pk, ship_to="Ana Trujillo\nAvda. de la Constitución 2222\n05021 México D.F.\nMexico", lines=lines,
            actor=self.clerk, **values,
        )


def make_warehouse(role: str = "logistics", **company) -> Warehouse:
    company = make_company(**company)
    return Warehouse(
        company, make_user(company, role), make_customer(company, name="Ana Trujillo Emparedados", country="Mexico"),
        Site.objects.get(company=company), make_product(company, "101", name="Oak shelf", weight_kg=Decimal("1.5")),
        make_product(company, "102", name="Brass hook", weight_kg=Decimal("0.5")),
    )


def make_carrier(company: Company, code: str = "", rates: Sequence[tuple[str, str, str]] = (("", "5", "6.90"), ("", "30", "14.50")), **values):
    """A carrier; `rates` are (country, up to kg, price)."""
    code = code or f"CARR{next(_numbers)}"
    party = Party.objects.create(company=company, number=f"X{code}", name=f"{code} Logistics", is_carrier=True)
    carrier = Carrier.objects.create(company=company, party=party, code=code, name=values.pop("name", code), **values)
    for country, up_to, price in rates:
        CarrierRate.objects.create(company=company, carrier=carrier, country=country, up_to_kg=Decimal(up_to), price=Decimal(price))
    return carrier


def lines_of(shipment: Shipment) -> list[tuple[str, Decimal, Decimal]]:
    """(order line, planned, shipped) as stored."""
    rows = ShipmentLine.objects.filter(shipment=shipment).order_by("order_line_key")
    return [(line.order_line_key, line.quantity, line.shipped) for line in rows]
