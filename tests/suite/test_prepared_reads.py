"""A prepared read gives what its queryset gives, for every kind of parameter, and says what it cannot do."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.transaction import TransactionManagementError

from suite.kernel.documents.locking import in_lock_order
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.writing import insert_rows
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from tests.factories.base import make_company, make_product


def _by_sku(company_id: int, sku: str) -> QuerySet[Product]:
    return Product.objects.filter(company_id=company_id, sku=sku).select_related("tax")


def _either(ids: list[int], skus: list[str]) -> QuerySet[Product]:
    return Product.objects.filter(Q(pk__in=ids) | Q(sku__in=skus)).order_by("pk")


def _made_since(company_id: int, on: date) -> QuerySet[Product]:
    return Product.objects.filter(company_id=company_id, tax__valid_from__gte=on).order_by("pk")


def _held(pk: int) -> QuerySet[Product]:
    return in_lock_order(Product.objects.filter(pk=pk))


def _worth(company_id: int) -> QuerySet[Product]:
    return Product.objects.filter(company_id=company_id).order_by().values_list("tax__code").annotate(total=Sum("list_price"))


@pytest.fixture
def goods(db):
    company = make_company()
    return company, [make_product(company, f"A{n}", list_price=Decimal(n)) for n in range(1, 5)]


def test_rows_joined_records_and_values_are_those_of_the_queryset(goods, django_assert_num_queries):
    company, products = goods
    read = prepared(_by_sku)
    for product in products[:2]:  # the statement of the first call serves the others
        with django_assert_num_queries(1):
            found = read(company.pk, product.sku)
            assert [(row, row.tax.code, row.list_price) for row in found] == [(product, "T10", product.list_price)]
    assert read.first(company.pk, "no such") is None
    assert prepared(_worth)(company.pk) == [tuple(row) for row in _worth(company.pk)] == [("T10", Decimal(10))]


def test_lists_of_any_length(goods):
    _company, (first, second, third, _fourth) = goods
    read = prepared(_either)
    assert read([], []) == []
    assert read([first.pk], []) == [first]
    assert read([first.pk, second.pk], [third.sku]) == [first, second, third]
    assert read({second.pk}, ["'; DROP TABLE kernel_product; --"]) == [second]


def test_dates_are_sent_as_they_are(goods):
    company, products = goods
    starts = products[0].tax.valid_from or date(2020, 1, 1)
    type(products[0].tax).objects.filter(pk=products[0].tax_id).update(valid_from=starts)
    read = prepared(_made_since)
    assert read(company.pk, starts) == products
    assert read(company.pk, starts + timedelta(days=1)) == []


@pytest.mark.django_db(transaction=True)
def test_locks_are_taken_inside_a_transaction_only():
    product = make_product(make_company())
    read = prepared(_held)
    with pytest.raises(TransactionManagementError):
        read(product.pk)
    with transaction.atomic():
        assert read(product.pk) == [product]
    with pytest.raises(TransactionManagementError):
        read(product.pk)


def test_what_cannot_be_prepared_is_said(goods):
    company, _products = goods
    with pytest.raises(TypeError, match="takes no None"):
        prepared(_by_sku)(company.pk, None)
    with pytest.raises(TypeError, match="annotated"):
        prepared(lambda company_id: Product.objects.filter(company_id=company_id))

    def like(sku: str) -> QuerySet[Product]:
        return Product.objects.filter(sku__startswith=sku)

    with pytest.raises(TypeError, match="does not use sku as it is"):
        prepared(like)("A")


def test_new_rows_get_their_own_keys(goods):
    company, _products = goods
    sites = insert_rows(Site(company=company, code=f"S{n}", name=f"Site {n}") for n in range(3))
    assert [Site.objects.get(pk=site.pk).code for site in sites] == ["S0", "S1", "S2"]
    assert not any(site._state.adding for site in sites)
    assert insert_rows([]) == []
