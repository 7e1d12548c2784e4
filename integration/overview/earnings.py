"""What a shipment earned: revenue of its invoices, cost of its goods."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Case, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from erp.inventory.models import StockValue
from erp.receivables.models import CustomerInvoiceLine
from scm.shipping.models import Shipment
from suite.kernel.money.fields import AmountField
from suite.kernel.money.rules import ZERO


class Earned(NamedTuple):
    """Company currency, without tax; what was credited or came back is taken off."""

    revenue: Decimal
    cost: Decimal


def earned_by(shipment: Shipment) -> Earned:
    """Revenue invoiced for the shipment's lines and what their goods cost."""
    keys = [line.key for line in shipment.lines.all()]
    lines = CustomerInvoiceLine.objects.filter(company_id=shipment.company_id, shipment_line_key__in=keys, invoice__status="posted")
    worth = F("net") * Coalesce("invoice__exchange_rate", Value(Decimal(1)))
    signed = Case(When(Q(invoice__kind="credit_note"), then=-worth), default=worth, output_field=AmountField())
    revenue = lines.aggregate(sum=Sum(signed))["sum"] or ZERO
    cost = StockValue.objects.filter(company_id=shipment.company_id, line_key__in=keys).aggregate(sum=Sum("value"))["sum"] or ZERO
    return Earned(revenue, -cost)
