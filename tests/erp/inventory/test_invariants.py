"""Each check finds what was broken on purpose, with all guards switched off, and names the row."""

from decimal import Decimal

import pytest
from django.db import connection

from erp.inventory.invariants import INVARIANTS
from erp.inventory.models import CostLayer, StockLevel, StockTransferLine
from erp.inventory.services import Demand, draft_transfer, reserve, send_transfer
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import DAY, make_warehouse, stock_up

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "attack", "sentence"), [
    ("I6", "UPDATE erp_stocklevel SET on_hand = 11", "on hand 11, moves 10"),
    ("I6", "UPDATE erp_stockmove SET quantity = 9", "on hand 10, moves 9"),
    ("I7", "UPDATE erp_stocklevel SET reserved = 5", "reserved 5, firm reservations 4, on hand 10"),
    ("I7", "UPDATE erp_reservation SET quantity = 3", "reserved 4, firm reservations 3, on hand 10"),
    ("I8", "UPDATE erp_costlayer SET remaining_value = 99", "ledger 100, layers 99"),
    ("I8", "UPDATE erp_stockvalue SET ledger_date = ledger_date + 1", "ledger 100, stock values 0"),
    ("I14", "UPDATE erp_costlayer SET remaining_quantity = 9", "9 units worth 100, values say 10 and 100"),
    ("I14", "UPDATE erp_stocklevel SET on_hand = 12", "12 on hand, 10 in layers"),
])
def test_names_the_guilty(name, attack, sentence):
    place = make_warehouse(make_books()).locations.get()
    user, product = make_user(place.company), make_product(place.company)
    stock_up(user, product, 10, 10, place=place)
    reserve(company_id=place.company_id, document_key="o", actor=user, demands=[Demand("o/1", product.pk, place.warehouse.site_id, 4)])
    assert INVARIANTS[name]() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in (StockLevel, CostLayer):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        for table in ("erp_stockmove", "erp_stockvalue", "erp_reservation"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(attack)
    found = INVARIANTS[name]()
    assert any(sentence in guilty for guilty in found), found


def test_names_a_transfer_whose_rest_is_not_in_transit():
    place = make_warehouse(make_books()).locations.get()
    user, product, other = make_user(place.company), make_product(place.company), make_warehouse(place.company, "WH2").locations.get()
    stock_up(user, product, 3, 10, place=place)
    send_transfer(draft_transfer(
        company_id=place.company_id, origin_id=place.pk, destination_id=other.pk, sent_on=DAY, lines=[(product.pk, None, Decimal(3))], actor=user,
    ), actor=user)
    check = INVARIANTS["stock: transfers in transit"]
    assert check() == []

    StockTransferLine.objects.update(received=1)

    assert ["2 under way, 3 in transit" in guilty for guilty in check()] == [True]
