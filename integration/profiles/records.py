"""The kinds of records a company brings along, with the fields each can have: what a profile may map columns to."""

from decimal import Decimal
from typing import Any

from integration.profiles.reading import Field, day, flag, number, text

PARTY = {
    "number": Field(text(20), is_required=True, is_unique=True), "name": Field(text(160), is_required=True),
    "street": Field(text(200)), "city": Field(text(80)), "region": Field(text(80)), "postal_code": Field(text(20)), "country": Field(text(60)),
    "phone": Field(text(40)), "website": Field(text(200)), "note": Field(text(2000)),
    "contact_name": Field(text(120)), "contact_title": Field(text(80)), "contact_phone": Field(text(40)),
}

KINDS: dict[str, dict[str, Field]] = {
    "category": {"code": Field(text(20), is_required=True, is_unique=True), "name": Field(text(80), is_required=True)},
    "supplier": PARTY,
    "employee": {**PARTY, "reports_to": Field(str, refers_to="employee")},
    "carrier": {**PARTY, "code": Field(text(20), is_required=True, is_unique=True)},
    "customer": PARTY,
    "product": {
        "sku": Field(text(40), is_required=True, is_unique=True), "name": Field(text(160), is_required=True), "description": Field(text(2000)),
        "category": Field(str, refers_to="category"), "supplier": Field(str, refers_to="supplier"),
        "list_price": Field(number(), is_required=True), "on_hand": Field(number()), "reorder_point": Field(number()),
        "is_retired": Field(flag),
    },
    "order": {
        "customer": Field(str, is_required=True, refers_to="customer"), "sales_representative": Field(str, refers_to="employee"),
        "carrier": Field(str, refers_to="carrier"), "ordered_on": Field(day, is_required=True), "requested_on": Field(day),
        "dispatched_on": Field(day), "freight": Field(number(digits=2)),
        "ship_name": Field(text(160)), "ship_street": Field(text(200)), "ship_city": Field(text(80)), "ship_region": Field(text(80)),
        "ship_postal_code": Field(text(20)), "ship_country": Field(text(60)), "reference": Field(text(80)),
    },
    "order_line": {
        "order": Field(str, is_required=True, refers_to="order"), "product": Field(str, is_required=True, refers_to="product"),
        "unit_price": Field(number(), is_required=True), "quantity": Field(number(above=True), is_required=True),
        "discount": Field(number(most=Decimal(1))),
    },
}


class Record:
    """One thing that comes in: its key in the source, where it stood, and its values; references are records."""

    __slots__ = ("file", "key", "kind", "row", "values")

    def __init__(self, kind: str, key: str, file: str, row: int, values: dict[str, Any]) -> None:
        self.kind = kind
        self.key = key
        self.file = file
        self.row = row
        self.values = values

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        return f"{self.kind} {self.key}"
