"""What freight of a shipment cost, expected and billed."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, Sum, When

from erp.freight.models import FreightAccrual
from erp.payables.models import SupplierBillLine
from suite.kernel.money.fields import AmountField
from suite.kernel.money.rules import ZERO


@dataclass(frozen=True)
class FreightOfShipment:
    """Expected and billed, in company currency; `cost` is what counts now: the bills, and what is still expected."""

    accrual: FreightAccrual
    billed: Decimal

    @property
    def cost(self) -> Decimal:
        return self.billed + self.accrual.open_amount


def freight_of(company_id: int, shipment_key: str) -> FreightOfShipment | None:
    """The freight of a shipment; None where none was accrued."""
    accrual = FreightAccrual.objects.filter(company_id=company_id, shipment_key=shipment_key).select_related("carrier").first()
    return accrual and FreightOfShipment(accrual, billed(accrual))


def billed(accrual: FreightAccrual) -> Decimal:
    """What posted bills charge for the accrual's shipment, without tax, credit notes taken off."""
    lines = SupplierBillLine.objects.filter(freight=accrual, bill__status="posted")
    signed = Case(When(bill__kind="credit_note", then=-F("net")), default=F("net"), output_field=AmountField())
    return lines.aggregate(sum=Sum(signed))["sum"] or ZERO
