"""What people call the products and documents of other suites that a refusal names."""

from collections.abc import Iterable

from django.apps import apps

from suite.kernel.products.models import Product


def product_names(company_id: int, product_ids: Iterable[int]) -> dict[int, str]:
    """Article number and name per product."""
    return {product.pk: str(product) for product in Product.objects.filter(company_id=company_id, pk__in=set(product_ids))}


def document_names(keys: Iterable[str]) -> list[str]:
    """The documents behind keys ("crm.order:42") as they are called; a key of an unknown kind as it is."""
    names = []
    for key in keys:
        label, _colon, pk = key.partition("/")[0].partition(":")
        try:
            model = apps.get_model(label)
        except (LookupError, ValueError):
            names.append(key)
            continue
        document = model._base_manager.filter(pk=pk).first() if pk.isdigit() else None
        names.append(str(document) if document is not None else key)
    return names
