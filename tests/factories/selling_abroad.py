"""A company whose papers are complete, as EN 16931 wants them, with a tax of every category."""

from decimal import Decimal

from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_customer
from tests.factories.trade import Trade

COMPLETE = {
    "country": "DE", "vat_number": "DE136695976", "street": "Hafenstraße 1", "postal_code": "20457", "city": "Hamburg", "iban": "DE89370400440532013000",
    "email": "invoices@example.com", "registration_number": "HRB 12345",
}
BILLING = "Dupont SARL\n12 rue de la Paix\n75002 Paris\nFrance"


def complete_trade(**company) -> Trade:
    """A trade with a seller's full papers, the gate on, and a buyer in France with a VAT number; taxes E0, AE0, K0, G0 beside the usual."""
    trade = Trade(**{**COMPLETE, "einvoice_check": True, **company})
    for code, category, reason in (
        ("E0", "E", "Exempt under § 4 UStG"), ("AE0", "AE", "Reverse charge"), ("K0", "K", "Intra-Community supply"), ("G0", "G", "Export"),
    ):
        Tax.objects.create(company=trade.company, code=code, name=code, rate=Decimal(0), category=category, exemption_reason=reason)
    trade.customer = french_customer(trade.company)
    return trade


def french_customer(company, **values) -> Party:
    return make_customer(company, "Dupont SARL", vat_number="FR40303265045", country="FR", email="ap@dupont.example", **values)
