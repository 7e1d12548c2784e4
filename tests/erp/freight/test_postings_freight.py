"""Freight we pay: accrued when goods leave (O2C-17), billed by the carrier (O2C-18), or given up."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from erp.closing.checks import closing_checks
from erp.freight.invariants import check_freight
from erp.freight.models import FreightAccrual
from erp.freight.selectors import freight_of
from erp.freight.services import accrue_freight, release_freight
from erp.ledger.invariants import INVARIANTS as LEDGER
from erp.ledger.models import JournalEntry
from erp.payables.services import credit_bill, post_bill, reverse_bill
from erp.receivables.invariants import INVARIANTS as RECEIVABLES
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from tests.factories.books import net_by_role
from tests.factories.payables import DAY, Buying, entry_of
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db


@pytest.fixture
def buying():
    made = Buying()
    yield made
    for name, check in {**LEDGER, **RECEIVABLES, "freight": check_freight}.items():
        assert check(made.company.pk) == [], name


def accrued(buying, amount="15", *, shipment=1, on=DAY, carrier=None) -> FreightAccrual:
    return accrue_freight(
        company_id=buying.company.pk, shipment_key=f"scm.shipment:{shipment}", shipment_number=f"SH-{shipment}", order_key="crm.order:1",
        carrier_id=(carrier or buying.supplier).pk, amount=Decimal(amount), accrued_on=on, actor=buying.actor,
    )


def test_o2c_17_freight_accrued_at_dispatch_once(buying):
    accrual = accrued(buying)
    assert net_by_role(accrual.entry) == expected("O2C-17")
    assert accrued(buying, "99") == accrual
    accrual.refresh_from_db()
    assert (accrual.status, accrual.open_amount, JournalEntry.objects.count()) == ("open", 15, 1)


def test_o2c_18_the_carriers_bill(buying):
    accrual = accrued(buying)
    bill = buying.bill(buying.line("16", freight_id=accrual.pk))
    assert net_by_role(entry_of(bill)) == expected("O2C-18")
    accrual.refresh_from_db()
    assert (accrual.status, accrual.open_amount) == ("billed", 0)
    assert (freight_of(buying.company.pk, "scm.shipment:1").billed, freight_of(buying.company.pk, "scm.shipment:1").cost) == (16, 16)


def test_the_chain_o2c_17_o2c_18_leaves_no_accrual(buying):
    accrual = accrued(buying)
    buying.bill(buying.line("16", freight_id=accrual.pk))
    assert net_by_role(*JournalEntry.objects.all()) == {"FREIGHT_OUT": 16, "INPUT_TAX": Decimal("1.6"), "AP": Decimal("-17.6")}


def test_a_cheaper_bill_lowers_the_cost_and_a_second_line_is_all_difference(buying):
    first, second = accrued(buying), accrued(buying, "20", shipment=2)
    bill = buying.bill(buying.line("12", freight_id=first.pk), buying.line("3", freight_id=first.pk), buying.line("20", freight_id=second.pk))
    assert net_by_role(entry_of(bill)) == {"FREIGHT_ACCRUAL": 35, "INPUT_TAX": Decimal("3.5"), "AP": Decimal("-38.5")}


def test_a_reversed_bill_opens_the_accrual_and_a_credit_note_lowers_the_cost(buying):
    accrual = accrued(buying)
    bill = buying.bill(buying.line("16", freight_id=accrual.pk))
    reverse_bill(bill, actor=buying.actor, on=DAY)
    accrual.refresh_from_db()
    assert (accrual.status, accrual.open_amount) == ("open", 15)
    bill = buying.bill(buying.line("16", freight_id=accrual.pk), reference="R-2")
    note = post_bill(credit_bill(bill, actor=buying.actor, supplier_reference="CN", issued_on=DAY).credit_note, actor=buying.actor)
    assert net_by_role(entry_of(note)) == {"FREIGHT_OUT": -16, "INPUT_TAX": Decimal("-1.6"), "AP": Decimal("17.6")}
    accrual.refresh_from_db()
    assert (accrual.status, freight_of(buying.company.pk, accrual.shipment_key).cost) == ("billed", 0)


def test_an_accrual_that_is_never_billed_is_given_up(buying):
    accrual = accrued(buying)
    with pytest.raises(Refusal):
        release_freight(accrual, actor=buying.actor, reason=" ")
    done = release_freight(accrual, actor=buying.actor, reason="carried for free", on=DAY)
    assert (done.status, net_by_role(*JournalEntry.objects.all())) == ("released", {})
    with pytest.raises(TransitionNotAllowed):
        release_freight(done, actor=buying.actor, reason="again")


def test_freight_of_another_carrier_is_refused_at_its_line(buying):
    accrual = accrued(buying, carrier=buying.make_supplier("Other Carrier"))
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        buying.draft(buying.line("5"), buying.line("16", freight_id=accrual.pk))
    assert (refusal.value.code, refusal.value.field) == ("freight_of_another_carrier", "freight")
    assert refusal.value.message.startswith("Line 2: SH-1 went with Other Carrier")


def test_a_line_is_freight_or_an_asset_not_both(buying):
    accrual = accrued(buying)
    with pytest.raises(Refusal) as refusal:
        buying.draft(buying.line("16", freight_id=accrual.pk, deferral_from=DAY, deferral_until=DAY))
    assert refusal.value.code == "bill_line_is_one_thing"


def test_a_closed_day_refuses_the_accrual_and_the_account_takes_nothing_by_hand(buying):
    accrual = accrued(buying)
    with pytest.raises(IntegrityError), transaction.atomic():
        FreightAccrual.objects.filter(pk=accrual.pk).update(amount=1)
    Period.objects.filter(company=buying.company, year__code="2026", number=4).update(status="closed")
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        accrued(buying, shipment=2, on=date(2026, 4, 1))
    assert (refusal.value.code, FreightAccrual.objects.count()) == ("period_open", 1)


def test_the_close_names_freight_not_billed_for_long(buying):
    accrual = accrued(buying)
    found = {number: [str(finding) for check in closing_checks() if check.name == "freight_accruals"
                      for finding in check.find(Period.objects.get(company=buying.company, year__code="2026", number=number))] for number in (3, 4)}
    assert found == {3: [], 4: [f"{accrual} 2026-03-10: 15.00"]}
