"""Freight from dispatch to the carrier's bill, over SCM and ERP; companies that do not accrue it pay nothing for it."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from erp.freight.models import FreightAccrual
from erp.payables.services import BillLineInput, draft_bill, post_bill
from integration.overview.earnings import earned_by
from scm.shipping.services import book_shipment, return_shipment_to_sender
from tests.factories.books import net_by_role
from tests.factories.journeys import SHIPPED_ON, Trade
from tests.factories.shipping import make_carrier
from tests.golden.postings import expected


@pytest.fixture
def accruing(transactional_db) -> Iterator[Trade]:
    """A company that books freight when goods leave; the books must be in order afterwards."""
    trade = Trade(accrues_freight=True)
    yield trade
    trade.must_be_healthy()


def dispatched(trade: Trade, *, price: str = "15"):
    carrier = make_carrier(trade.company, rates=[("", "50", price)] if price else [])
    order = trade.confirm()
    book_shipment(trade.open_shipment(order), actor=trade.boss, carrier_id=carrier.pk, weight_kg=Decimal(4))
    return trade.dispatch(order), carrier


def test_o2c_17_at_dispatch_and_o2c_18_by_the_bill_shown_on_the_shipment(accruing):
    trade = accruing
    shipment, carrier = dispatched(trade)
    accrual = FreightAccrual.objects.get(company=trade.company)
    assert net_by_role(accrual.entry) == expected("O2C-17")
    assert (accrual.shipment_key, accrual.number, accrual.accrued_on, accrual.carrier) == (shipment.key, shipment.number, SHIPPED_ON, carrier.party)

    carrier.party.is_supplier = True
    carrier.party.save()
    bill = post_bill(draft_bill(
        company_id=trade.company.pk, supplier_id=carrier.party_id, supplier_reference="C-1", issued_on=SHIPPED_ON, actor=trade.boss,
        lines=[BillLineInput("Parcel", Decimal(1), Decimal(16), tax_id=trade.product.tax_id, freight_id=accrual.pk)],
    ), actor=trade.boss)
    assert net_by_role(bill.entry) == expected("O2C-18")

    assert earned_by(shipment) == (100, 50)
    client = Client()
    client.force_login(trade.boss, backend="django.contrib.auth.backends.ModelBackend")
    panel = client.get(reverse("scm:shipment_panel", args=[shipment.pk, "shipmentfreight"])).content.decode()
    assert all(text in panel for text in ("€\u00a016.00", "€\u00a034.00"))


def test_a_company_that_does_not_accrue_freight_has_none(trade):
    dispatched(trade)
    assert not FreightAccrual.objects.exists()


def test_without_a_rate_nothing_is_expected(accruing):
    dispatched(accruing, price="")
    assert not FreightAccrual.objects.exists()


def test_goods_that_come_back_were_carried_nevertheless(accruing):
    shipment, _carrier = dispatched(accruing)
    return_shipment_to_sender(shipment, actor=accruing.boss, returned_on=SHIPPED_ON)
    accruing.retry()
    assert FreightAccrual.objects.get().open_amount == 15
