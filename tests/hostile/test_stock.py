"""Raw SQL in the application's own role against stock: every attack is refused, and the invariants still hold."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from erp.inventory.invariants import INVARIANTS
from erp.inventory.models import CostLayer, Location, Lot, StockLevel, StockMove, StockValue
from erp.inventory.services import Demand, reserve
from erp.ledger.models import Account, JournalEntry
from suite.kernel.products.models import Product
from tests.factories.base import make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import DAY, make_lot, make_warehouse, stock_up

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """Stock of a company, half of it reserved, and another company beside it."""

    place: Location
    product: Product
    lot: Lot
    foreign: Location
    entry: JournalEntry
    level: StockLevel
    layer: CostLayer
    move: StockMove
    value: StockValue
    bank: Account

    @property
    def names(self) -> dict:
        return {
            "company": self.place.company_id, "product": self.product.pk, "place": self.place.pk, "warehouse": self.place.warehouse_id,
            "lot": self.lot.pk, "foreign_place": self.foreign.pk, "foreign_company": self.foreign.company_id, "entry": self.entry.pk,
            "level": self.level.pk, "layer": self.layer.pk, "move": self.move.pk, "value": self.value.pk, "bank": self.bank.pk,
            "account": self.layer.account_id, "site": self.place.warehouse.site_id, "day": DAY, "unit": self.product.unit_id,
            "journal": self.entry.journal_id,
        }


@pytest.fixture
def scene(as_application) -> Scene:
    place = make_warehouse(make_books()).locations.get()
    foreign = make_warehouse(make_books()).locations.get()
    user = make_user(place.company)
    product = make_product(place.company)
    stock_up(user, product, 10, 10, place=place)
    reserve(company_id=place.company_id, document_key="o:1", actor=user,
            demands=[Demand("o:1/1", product.pk, place.warehouse.site_id, Decimal(8)), Demand("o:1/2", product.pk, place.warehouse.site_id, Decimal(5))])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    move = StockMove.objects.get(product=product)
    return Scene(
        place, product, make_lot(make_product(place.company, tracking="lot"), "L"), foreign, move.entry, StockLevel.objects.get(product=product),
        CostLayer.objects.get(product=product), move, StockValue.objects.get(move=move), Account.objects.get(company=place.company, code="1010"),
    )


MOVE = """INSERT INTO erp_stockmove (company_id, product_id, location_id, lot_id, kind, quantity, effective_at, ledger_date, entry_id, document_key,
line_key, created_at)
VALUES ({company}, {product}, {place}, {lot}, '{kind}', {quantity}, now(), '{day}', {entry}, 'x', 'x', now())"""
VALUE = """INSERT INTO erp_stockvalue (company_id, layer_id, move_id, entry_id, account_id, product_id, warehouse_id, ledger_date, quantity, value, line_key)
VALUES ({company}, {layer}, {move}, {entry}, {account}, {product}, {warehouse}, '{day}', {quantity}, {value}, '')"""
LAYER = """INSERT INTO erp_costlayer (company_id, product_id, warehouse_id, account_id, lot_id, is_pool, is_owed, kept_for, received_on, unit_cost,
remaining_quantity, remaining_value) VALUES ({company}, {product}, {warehouse}, {account}, {lot}, false, false, '', '{day}', 1, 100, 1000)"""
DRAFT = """INSERT INTO erp_journalentry (company_id, status, version, created_at, journal_id, ledger_date, description)
VALUES ({company}, 'draft', 1, now(), {journal}, '{day}', '')"""
NEW = "currval(pg_get_serial_sequence('erp_journalentry', 'id'))"

ATTACKS = {
    "set on hand": "UPDATE erp_stocklevel SET on_hand = 1000 WHERE id = {level}",
    "set reserved": "UPDATE erp_stocklevel SET reserved = 0 WHERE id = {level}",
    "invent a level": "INSERT INTO erp_stocklevel (company_id, product_id, location_id, on_hand, reserved, allow_negative) "
                      "VALUES ({company}, {product}, {place}, 5, 0, true)",
    "delete a level": "DELETE FROM erp_stocklevel WHERE id = {level}",
    "change a move": "UPDATE erp_stockmove SET quantity = 100 WHERE id = {move}",
    "back-date a move": "UPDATE erp_stockmove SET ledger_date = '2020-01-01' WHERE id = {move}",
    "delete a move": "DELETE FROM erp_stockmove WHERE id = {move}",
    "empty the moves": "TRUNCATE erp_stockmove CASCADE",
    "change a value": "UPDATE erp_stockvalue SET value = 1 WHERE id = {value}",
    "delete a value": "DELETE FROM erp_stockvalue WHERE id = {value}",
    "set a layer's value": "UPDATE erp_costlayer SET remaining_value = 9999 WHERE id = {layer}",
    "set a layer's account": "UPDATE erp_costlayer SET account_id = {bank} WHERE id = {layer}",
    "delete a layer": "DELETE FROM erp_costlayer WHERE id = {layer}",
    "reserve by hand": "INSERT INTO erp_reservation (company_id, status, product_id, warehouse_id, level_id, document_key, line_key, quantity, created_at) "
                       "VALUES ({company}, 'firm', {product}, {warehouse}, {level}, 'x', 'x', 1, now())",
    "steal a reservation": "UPDATE erp_reservation SET document_key = 'mine' WHERE line_key = 'o:1/1'",
    "delete a reservation": "DELETE FROM erp_reservation WHERE line_key = 'o:1/1'",
    "call the inner reserving function": "SELECT erp_firm({company}, 'x', 'x', {product}, {site}, NULL, 1, NULL)",
    "call the inner reducing function": "SELECT erp_reduce_reservation((SELECT min(id) FROM erp_reservation), 1, 'released', NULL)",
    "reserve at an unknown site": "SELECT * FROM erp_reserve({company}, 'x', NULL, ARRAY['x'], ARRAY[{product}]::bigint[], ARRAY[999999999]::bigint[], "
                                     "ARRAY[1]::numeric[], ARRAY[NULL]::date[])",
    "move more out than is there": MOVE.replace("{lot}", "NULL").replace("{kind}", "issue").replace("{quantity}", "-11"),
    "move out what is reserved": MOVE.replace("{lot}", "NULL").replace("{kind}", "issue").replace("{quantity}", "-1"),
    "move in without value": MOVE.replace("{lot}", "NULL").replace("{kind}", "receipt").replace("{quantity}", "5"),
    "move in without entry, in a closed time": MOVE.replace("{lot}", "NULL").replace("{kind}", "receipt").replace("{quantity}", "5")
    .replace("{entry}", "NULL").replace("{day}", "1990-01-01"),
    "half a transfer": MOVE.replace("{lot}", "NULL").replace("{kind}", "transfer").replace("{quantity}", "5").replace("{entry}", "NULL"),
    "move into another company's place": MOVE.replace("{lot}", "NULL").replace("{kind}", "receipt").replace("{quantity}", "5")
    .replace("{place}", "{foreign_place}"),
    "move for another company": MOVE.replace("{lot}", "NULL").replace("{kind}", "receipt").replace("{quantity}", "5").replace("{company}", "{foreign_company}"),
    "move with a lot that is another product's": MOVE.replace("{kind}", "receipt").replace("{quantity}", "5"),
    "make a layer rich": LAYER.replace("{lot}", "NULL") + "; SELECT 1 / (SELECT count(*) FROM erp_costlayer WHERE remaining_value = 1000)",
    "make a layer on the bank account": LAYER.replace("{lot}", "NULL").replace("{account}", "{bank}"),
    "make a layer of another company": LAYER.replace("{lot}", "NULL").replace("{company}", "{foreign_company}"),
    "value a posted entry": VALUE.replace("{move}", "NULL").replace("{quantity}", "0").replace("{value}", "50"),
    "value without move and entry": VALUE.replace("{move}", "NULL").replace("{quantity}", "0").replace("{value}", "50").replace("{entry}", "NULL"),
    "value by a draft never posted": DRAFT + ";" + VALUE.replace("{move}", "NULL").replace("{quantity}", "0").replace("{value}", "50").replace("{entry}", NEW),
    "value below zero": DRAFT + ";" + VALUE.replace("{move}", "NULL").replace("{quantity}", "0").replace("{value}", "-500").replace("{entry}", NEW),
    "units without a move": DRAFT + ";" + VALUE.replace("{move}", "NULL").replace("{quantity}", "5").replace("{value}", "0").replace("{entry}", NEW),
    "value on another account than the layer's": DRAFT + ";" + VALUE.replace("{move}", "NULL").replace("{quantity}", "0").replace("{value}", "1")
    .replace("{entry}", NEW).replace("{account}", "{bank}"),
    "change the valuation": "UPDATE kernel_product SET valuation = 'average' WHERE id = {product}",
    "change the unit": "UPDATE kernel_product SET unit_id = unit_id + 1 WHERE id = {product}",
    "rename the unit": "UPDATE kernel_unit SET uncl_code = 'KGM' WHERE id = {unit}",
    "carry a location to another warehouse": "UPDATE erp_location SET code = 'ZZ', warehouse_id = (SELECT max(id) FROM erp_warehouse) WHERE id = {place}",
    "switch the triggers off": "SET session_replication_role = replica",
    "drop a trigger": "DROP TRIGGER keep_levels ON erp_stockmove",
    "replace a function": "CREATE OR REPLACE FUNCTION erp_keep_levels() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_refused(scene, attack):
    names = scene.names | {"lot": scene.lot.pk}
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("suite_app",)
        cursor.execute(ATTACKS[attack].format(**names))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    # Refused for what it does, not for a mistake in the attack.
    assert refused.value.__cause__.pgcode in {"42501", "23514", "23505", "23503", "22012"}, str(refused.value)
    scene.level.refresh_from_db()
    scene.layer.refresh_from_db()
    assert (scene.level.on_hand, scene.level.reserved, scene.layer.remaining_value) == (10, 10, 100)
    assert {name: check() for name, check in INVARIANTS.items()} == dict.fromkeys(INVARIANTS, [])
