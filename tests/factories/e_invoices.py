"""E-invoices as suppliers send them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from erp.einvoicing.rules.document import Adjustment, ElectronicInvoice, Line, TaxGroup, Trader

SELLER = Trader(
    name="Nordholz GmbH", vat_number="DE136695976", street="Am Wald 3", postal_code="24103", city="Kiel", country="DE", email="billing@nordholz.example",
    endpoint="billing@nordholz.example", endpoint_scheme="EM",
)
BUYER = Trader(name="Company", street="Main 1", postal_code="10115", city="Berlin", country="DE")
D = Decimal


def a_document(**values) -> ElectronicInvoice:
    """Two lines at 10 % (one with a discount), freight at 10 %, one line at 20 %: 250.00 + 10.00 freight + 40.00 = 300.00; tax 34.00."""
    lines = (
        Line("1", "Oak boards", D("12.5"), "MTK", D("16.00"), D("200.00"), "S", D(10), item_number="OAK-1"),
        Line("2", "Screws", D(3), "H87", D("20.00"), D("50.00"), "S", D(10), adjustments=(Adjustment(False, D("10.00"), "Discount"),)),
        Line("3", "Advice", D(1), "HUR", D("40.00"), D("40.00"), "S", D(20)),
    )
    made = ElectronicInvoice(
        number="R-2026-17", kind="invoice", issued_on=date(2026, 3, 2), currency="EUR", seller=SELLER, buyer=BUYER, lines=lines,
        taxes=(TaxGroup("S", D(10), D("260.00"), D("26.00")), TaxGroup("S", D(20), D("40.00"), D("8.00"))),
        adjustments=(Adjustment(True, D("10.00"), "Freight", "S", D(10)),), line_total=D("290.00"), charges=D("10.00"), net=D("300.00"), tax=D("34.00"),
        gross=D("334.00"), payable=D("334.00"), due_on=date(2026, 4, 1), delivered_on=date(2026, 3, 1), iban="DE89370400440532013000",
    )
    return replace(made, **values)
