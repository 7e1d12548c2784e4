"""Pages, endpoints and reports of stock and of the kernel's tables that stock stands on."""

from decimal import Decimal

import pytest
from django.urls import reverse

from erp.inventory.models import Location, StockAdjustment, StockLevel, StockMove
from erp.inventory.selectors import valuation
from erp.inventory.services import Demand, reserve
from suite.kernel.products.models import Product
from suite.kernel.units.models import Unit
from suite.resources.registry import resource_of, resources
from tests.factories.base import make_category, make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import DAY, make_lot, make_warehouse, stock_up

pytestmark = pytest.mark.django_db
OURS = {"product", "productcategory", "unit", "currency", "exchangerate", "tax", "paymentterm", "site", "stocklevel", "reservation", "stockmove",
        "costlayer", "stockadjustment", "stocktransfer", "lot", "warehouse", "location"}
REPORTS = ("stock-valuation", "stock-on-hand", "stock-movements", "products-to-supply")


@pytest.fixture
def place() -> Location:
    place = make_warehouse(make_books()).locations.get()
    user = make_user(place.company)
    product = make_product(place.company, sku="ABC", category=make_category(place.company), reorder_point=Decimal(20))
    stock_up(user, product, 5, Decimal("10.50"), place=place)
    tracked = make_product(place.company, sku="LOT", tracking="lot")
    stock_up(user, tracked, 3, 10, place=place, lot=make_lot(tracked, "L1", DAY))
    reserve(company_id=place.company_id, document_key="crm.order:1", actor=user,
            demands=[Demand("l:1", product.pk, place.warehouse.site_id, Decimal(7), DAY)])
    return place


@pytest.fixture
def user(place, client):
    user = make_user(place.company)
    client.force_login(user)
    return user


def declared():
    return [resource for resource in resources() if resource.name() in OURS]


def test_all_are_declared():
    assert {resource.name() for resource in declared()} == OURS


@pytest.mark.parametrize("name", sorted(OURS))
def test_list_record_form_export_and_endpoint(client, user, name):
    resource = next(resource for resource in declared() if resource.name() == name)
    assert client.get(resource.list_url()).status_code == 200
    record = resource.rows(user).first()
    if record is not None:
        assert client.get(resource.url("detail", record.pk)).status_code == 200
    if resource.is_editable():
        assert client.get(resource.url("add")).status_code == 200
    assert client.get(f"/api/v1/{resource.app()}/{resource.slug()}/").status_code == 200
    for field in resource.filters:
        assert client.get(resource.list_url(), {"q": "a"}).status_code == 200, field


@pytest.mark.parametrize("slug", REPORTS)
def test_reports(client, user, slug):
    page = client.get(f"/erp/reports/{slug}/")
    assert page.status_code == 200
    assert b"ABC" in page.content
    assert b"ABC" in b"".join(client.get(f"/erp/reports/{slug}/", {"format": "csv"}))
    rows = client.get(f"/api/v1/erp/reports/{slug}/").json()["rows"]
    assert "ABC" in {row["sku"] for row in rows}


def test_valuation_report_equals_the_ledger(client, user, place):
    page = client.get("/erp/reports/stock-valuation/", {"on": "2026-12-31"})
    assert "82.50 · equals the ledger" in page.content.decode()
    assert sum(row.value for row in valuation(place.company_id, DAY)) == Decimal("82.50")
    assert valuation(place.company_id, DAY.replace(day=1)) == []


def test_product_page_shows_stock_and_who_waits(client, user, place):
    page = client.get(reverse("kernel:product_detail", args=[Product.objects.get(sku="ABC").pk]))
    assert b"Stock and reservations" in page.content
    assert b"crm.order:1" in page.content
    assert b"5 reserved, 0 free" in page.content


def test_an_adjustment_typed_on_the_page_is_posted(client, user, place):
    product = Product.objects.get(sku="ABC")
    answer = client.post(reverse("erp:stockadjustment_add"), {
        "kind": "count", "happened_on": "2026-03-02", "warehouse": place.warehouse_id, "note": "Found",
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 0, "lines-MIN_NUM_FORMS": 0, "lines-MAX_NUM_FORMS": 1000,
        "lines-0-product": product.pk, "lines-0-location": place.pk, "lines-0-quantity": "2", "lines-0-value_change": "0",
    })
    assert answer.status_code == 302, answer.content
    adjustment = StockAdjustment.objects.get(note="Found")
    client.post(reverse("erp:stockadjustment_transition", args=[adjustment.pk, "post"]), {"version": adjustment.version})
    adjustment.refresh_from_db()
    assert (adjustment.status, StockLevel.objects.get(product=product).on_hand) == ("posted", 7)
    assert StockMove.objects.filter(document_key=adjustment.key).count() == 1


@pytest.mark.parametrize(("change", "message"), [
    ({"valuation": "average"}, "has moved"), ({"tracking": "lot"}, "has moved"), ({"kind": "service"}, "has moved"),
])
def test_valuation_and_tracking_are_fixed_once_stock_moved(client, user, place, change, message):
    product = Product.objects.get(sku="ABC")
    answer = client.patch(
        f"/api/v1/kernel/{resource_of(Product).slug()}/{product.pk}/", change, content_type="application/json",
        headers={"If-Match": f'"{product.pk}-{product.version}"'})
    assert answer.status_code == 422, answer.content
    assert message in answer.content.decode()


def test_a_unit_that_stock_is_counted_in_stays(client, user, place):
    unit = Unit.objects.get(code="pcs")
    answer = client.patch(f"/api/v1/kernel/{resource_of(Unit).slug()}/{unit.pk}/", {"uncl_code": "KGM"}, content_type="application/json")
    assert answer.status_code == 422, answer.content
    assert "Stock is counted in pcs" in answer.content.decode()
