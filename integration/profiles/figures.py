"""What a company that moved in adds up to, from the suite's own tables, and whether it equals what the source says of itself."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from crm.orders.models import Order, OrderLine
from integration.profiles.mapping import Oracle, Profile
from scm.carriers.models import Carrier
from suite.kernel.companies.models import Company
from suite.kernel.products.models import Product


@dataclass(frozen=True)
class SoldLine:
    """A line of goods as the suite holds it, with all that it may be grouped by."""

    net: Decimal
    order: int
    customer: str
    customer_country: str
    month: str
    year: str
    product: str
    category: str
    supplier_country: str
    sales_representative: str
    carrier: str


@dataclass
class Difference:
    """A figure that is not what the source says."""

    file: str
    key: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: expected {self.expected}, found {self.found}"


@dataclass
class Figures:
    """The totals of the suite, and every difference from the source."""

    orders: int
    lines: int
    units: Decimal
    net_total: Decimal
    freight: Decimal
    dispatched: int
    open: int
    invoiced: Decimal
    compared: dict[str, int] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)


def add_up(profile: Profile, company: Company, folder: Path) -> Figures:
    """Totals over the profile's orders; amounts without tax in company currency, each line rounded to the cent as it is invoiced."""
    orders = Order.objects.filter(company=company, source_key__startswith=f"{profile.source}/order/").exclude(status=Order.Status.DRAFT)
    rows = list(OrderLine.objects.filter(order__in=orders).values(
        "kind", "quantity", "net", "shipped", "invoiced", "order_id", "order__order_date", "order__carrier_key", "order__customer__source_key",
        "order__customer__country", "order__sales_representative__source_key", "product__source_key", "product__sku", "product__name",
        "product__category__name", "product__supplier__country",
    ))
    goods = [row for row in rows if row["kind"] == Product.Kind.GOODS]
    shipped = {row["order_id"] for row in goods if row["shipped"]}
    figures = Figures(
        orders=len({row["order_id"] for row in rows}), lines=len(goods), units=sum((row["quantity"] for row in goods), Decimal(0)),
        net_total=sum((row["net"] for row in goods), Decimal(0)),
        freight=sum((row["net"] for row in rows if row["kind"] == Product.Kind.CHARGE), Decimal(0)),
        dispatched=len(shipped), open=len({row["order_id"] for row in goods} - shipped),
        invoiced=sum((row["net"] for row in rows if row["invoiced"] == row["quantity"]), Decimal(0)),
    )
    carriers = {f"scm.carrier:{pk}": code for pk, code in Carrier.objects.filter(company=company).values_list("pk", "code")}
    sold = [_sold(row, carriers) for row in goods]
    for oracle in profile.oracles:
        _compare(figures, oracle, folder, sold)
    return figures


def _sold(row: dict[str, Any], carriers: dict[str, str]) -> SoldLine:
    on = row["order__order_date"]
    return SoldLine(
        net=row["net"], order=row["order_id"], customer=_source_id(row["order__customer__source_key"]),
        customer_country=row["order__customer__country"], month=f"{on:%Y-%m}", year=f"{on:%Y}",
        product=f"{row['product__sku']} {row['product__name']}", category=row["product__category__name"] or "",
        supplier_country=row["product__supplier__country"] or "", carrier=carriers.get(row["order__carrier_key"], ""),
        sales_representative=_source_id(row["order__sales_representative__source_key"]),
    )


def _source_id(key: str | None) -> str:
    return (key or "").rpartition("/")[2]


def group(sold: list[SoldLine], by: Callable[[SoldLine], str]) -> dict[str, tuple[int, int, Decimal]]:
    """Orders, lines and net per value of `by`."""
    orders: dict[str, set[int]] = defaultdict(set)
    lines: dict[str, int] = defaultdict(int)
    nets: dict[str, Decimal] = defaultdict(Decimal)
    for line in sold:
        key = by(line)
        orders[key].add(line.order)
        lines[key] += 1
        nets[key] += line.net
    return {key: (len(orders[key]), lines[key], nets[key]) for key in lines}


def _compare(figures: Figures, oracle: Oracle, folder: Path, sold: list[SoldLine]) -> None:
    with (folder / oracle.file).open(encoding="utf-8", newline="") as opened:
        expected = {
            row[oracle.key]: (int(row["orders"]), int(row["lines"]), Decimal(row["net_rounded"])) for row in csv.DictReader(opened)
        }
    found = group(sold, lambda line: getattr(line, oracle.by))
    figures.compared[oracle.by] = len(expected)
    for key in sorted(expected.keys() | found.keys()):
        if expected.get(key) != found.get(key):
            figures.differences.append(Difference(oracle.file, key, _words(expected.get(key)), _words(found.get(key))))


def _words(figure: tuple[int, int, Decimal] | None) -> str:
    return "nothing" if figure is None else f"{figure[0]} orders, {figure[1]} lines, {figure[2]}"
