"""A small source in the shape of Northwind, for tests of moving in: the same files and columns, a few dozen orders, own invented rows."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

CENT = Decimal("0.01")
COLUMNS = {
    "categories": "category_id,category_name,description",
    "suppliers": "supplier_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax,homepage",
    "shippers": "shipper_id,company_name,phone",
    "employees": "employee_id,last_name,first_name,title,title_of_courtesy,birth_date,hire_date,address,city,region,postal_code,country,home_phone,"
                 "extension,notes,reports_to,photo_path",
    "customers": "customer_id,company_name,contact_name,contact_title,address,city,region,postal_code,country,phone,fax",
    "products": "product_id,product_name,supplier_id,category_id,quantity_per_unit,unit_price,units_in_stock,units_on_order,reorder_level,discontinued",
    "orders": "order_id,customer_id,employee_id,order_date,required_date,shipped_date,ship_via,freight,ship_name,ship_address,ship_city,ship_region,"
              "ship_postal_code,ship_country",
    "order_details": "order_id,product_id,unit_price,quantity,discount",
}
COUNTRIES = {"AAAAA": "Norway", "BBBBB": "Chile", "ÇÇÇÇÇ": "Norway"}
FIRST = date(1997, 1, 6)


def write_source(folder: Path, *, orders: int = 30, still_open: int = 3, seed: int = 1) -> dict[str, list[dict[str, str]]]:
    """Writes the files, oracles included, and returns their rows by file."""
    random = Random(seed)
    rows = _master_data()
    for number in range(orders):
        on = FIRST + timedelta(days=number * 2)
        left = number < orders - still_open
        key = str(500 + number)
        rows["orders"].append({
            "order_id": key, "customer_id": random.choice(list(COUNTRIES)), "employee_id": random.choice("12"), "order_date": str(on),
            "required_date": str(on + timedelta(days=20)), "shipped_date": str(on + timedelta(days=random.randrange(1, 9))) if left else "",
            "ship_via": random.choice("12"), "freight": str(Decimal(random.randrange(100, 9000)) / 100), "ship_name": "Blå Kafé",
            "ship_address": "Havneveien 1", "ship_city": "Sund", "ship_postal_code": "1234", "ship_country": "Norway",
        })
        for product in random.sample(range(1, 6), random.randrange(1, 4)):
            rows["order_details"].append({
                "order_id": key, "product_id": str(product), "unit_price": str(Decimal(random.randrange(300, 9000)) / 100),
                "quantity": str(random.randrange(1, 30)), "discount": random.choice(["0", "0", "0.05", "0.15", "0.25"]),
            })
    for name, found in rows.items():
        write_file(folder, name, found)
    _write_oracles(folder, rows)
    return rows


def write_file(folder: Path, name: str, rows: list[dict[str, str]]) -> None:
    """One file with the columns it has in Northwind."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS[name].split(","), restval="")
        writer.writeheader()
        writer.writerows(rows)


def net_of(line: dict[str, str]) -> Decimal:
    """What a line is worth, rounded half up to the cent."""
    exact = Decimal(line["quantity"]) * Decimal(line["unit_price"]) * (1 - Decimal(line["discount"]))
    return exact.quantize(CENT, rounding=ROUND_HALF_UP)


def _master_data() -> dict[str, list[dict[str, str]]]:
    return {
        "categories": [{"category_id": "1", "category_name": "Drinks"}, {"category_id": "2", "category_name": "Food"}],
        "suppliers": [
            {"supplier_id": "1", "company_name": "Fjell Meieri", "address": "Vei 1", "city": "Oslo", "country": "Norway", "contact_name": "Kari Dal"},
            {"supplier_id": "2", "company_name": "Viña Alta", "address": "Calle 2", "city": "Talca", "country": "Chile"},
        ],
        "shippers": [{"shipper_id": "1", "company_name": "Quick Van"}, {"shipper_id": "2", "company_name": "Slow Boat", "phone": "555-2"}],
        "employees": [
            {"employee_id": "1", "last_name": "Berg", "first_name": "Liv", "title": "Sales", "reports_to": "2", "notes": "Speaks four languages."},
            {"employee_id": "2", "last_name": "Ruiz", "first_name": "Ana", "title": "Head of sales"},
        ],
        "customers": [
            {"customer_id": key, "company_name": f"Customer {key}", "address": "Street 1\\nBack yard", "city": "Town", "country": country,
             "contact_name": "Somebody"}
            for key, country in COUNTRIES.items()
        ],
        "products": [
            {"product_id": str(number), "product_name": f"Product {number}", "supplier_id": str(1 + number % 2), "category_id": str(1 + number % 2),
             "unit_price": str(number * 3), "units_in_stock": str(number * 7 % 12), "units_on_order": "0", "reorder_level": "5",
             "discontinued": "1" if number == 5 else "0"}
            for number in range(1, 6)
        ],
        "orders": [], "order_details": [],
    }


def _write_oracles(folder: Path, rows: dict[str, list[dict[str, str]]]) -> None:
    orders = {row["order_id"]: row for row in rows["orders"]}
    products = {row["product_id"]: row for row in rows["products"]}
    suppliers = {row["supplier_id"]: row["country"] for row in rows["suppliers"]}
    categories = {row["category_id"]: row["category_name"] for row in rows["categories"]}
    groups = {
        "customer": lambda order, product: order["customer_id"],
        "country": lambda order, product: COUNTRIES[order["customer_id"]],
        "month": lambda order, product: order["order_date"][:7],
        "year": lambda order, product: order["order_date"][:4],
        "product": lambda order, product: f"{product['product_id']} {product['product_name']}",
        "category": lambda order, product: categories[product["category_id"]],
        "employee": lambda order, product: order["employee_id"],
        "shipper": lambda order, product: order["ship_via"],
        "supplier_country": lambda order, product: suppliers[product["supplier_id"]],
    }
    for name, key_of in groups.items():
        nets: dict[str, Decimal] = defaultdict(Decimal)
        lines: dict[str, int] = defaultdict(int)
        seen: dict[str, set[str]] = defaultdict(set)
        for line in rows["order_details"]:
            key = key_of(orders[line["order_id"]], products[line["product_id"]])
            nets[key] += net_of(line)
            lines[key] += 1
            seen[key].add(line["order_id"])
        with (folder / f"oracle_by_{name}.csv").open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow([name, "orders", "lines", "revenue_after_discount", "net_rounded"])
            writer.writerows([key, len(seen[key]), lines[key], nets[key], nets[key]] for key in sorted(nets))
