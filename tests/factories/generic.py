"""Rows of any model, for tests that hold for every declared resource: each column gets a plausible value of its kind."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.work import unit_of_work
from suite.kernel.money.models import Currency
from suite.kernel.units.models import Unit
from suite.kernel.users.models import User
from suite.resources.registry import resource_of

_numbers = count(1)
Maker = Callable[[Company, dict[str, Any]], models.Model]
_makers: dict[str, Maker] = {}


class CannotBuild(Exception):
    """The database keeps this row to its own functions: no test may write it by hand."""


def maker(label: str) -> Callable[[Maker], Maker]:
    """Register how a model is made where plain values do not do (`maker("crm.order")`)."""

    def add(function: Maker) -> Maker:
        _makers[label] = function
        return function

    return add


def value_for(field: models.Field, company: Company, canary: str = "") -> Any:
    """A value that the column accepts; texts carry the canary."""
    number = next(_numbers)
    if field.choices:
        return field.flatchoices[0][0]
    kind = field.get_internal_type()
    if kind in {"DateField"}:
        return date(2026, 1, 1) + timedelta(days=number % 300)
    if kind == "DateTimeField":
        return timezone.now()
    if kind == "BooleanField":
        return False
    if "Integer" in kind:
        return number % 1000 + 1
    if isinstance(field, models.DecimalField):
        return Decimal("0.5") if field.max_digits - field.decimal_places <= 1 else Decimal(number % 90 + 1)
    if kind == "EmailField":
        return f"{canary.lower() or 'somebody'}{number}@example.org"
    if kind == "GenericIPAddressField":
        return "127.0.0.1"
    if kind == "UUIDField":
        return uuid4()
    if kind == "JSONField":
        return {}
    if kind == "ArrayField":
        return []
    text = f"{canary}{number}"
    return text[-field.max_length:] if field.max_length else text


def _limits(field: models.Field) -> dict[str, Any]:
    """What a key's choices are limited to, so that the row it names is one of them."""
    limit = field.get_limit_choices_to()
    return dict(limit.children) if isinstance(limit, models.Q) else dict(limit or {})


def build(model: type[models.Model], company: Company, *, canary: str = "", actor: User | None = None, depth: int = 0, **given: Any) -> models.Model:
    """A saved row of the model in the company. Raises CannotBuild where the database refuses a row made by hand."""
    label = model._meta.label_lower
    if label in _makers:
        return _makers[label](company, {"canary": canary, "actor": actor, **given})
    if model is Company:
        return company
    if model is Currency:
        return company.currency
    if model is Unit:
        return Unit.objects.get_or_create(code="pcs", defaults={"name": "Piece"})[0]
    if model is User:
        return actor or User.objects.filter(company=company).first() or User.objects.create(username=f"u{next(_numbers)}", company=company)
    if depth > 5:
        raise CannotBuild(label)
    values: dict[str, Any] = {}
    resource = resource_of(model)
    told = {"number", "code", "sku", "name", resource.import_key if resource else ""}
    for field in model._meta.concrete_fields:
        if field.name in given or field.primary_key and isinstance(field, models.AutoField):
            continue
        if field.name == "company":
            values["company"] = company
        elif field.many_to_one or field.one_to_one:
            if field.related_model is ContentType:
                values[field.name] = ContentType.objects.get_for_model(Company)
            elif not field.null:
                values[field.name] = build(field.related_model, company, canary=canary, actor=actor, depth=depth + 1, **_limits(field))
        elif field.name in told and not field.many_to_one and not field.has_default():
            values[field.name] = value_for(field, company, canary)
        elif field.has_default() or (field.blank and field.empty_strings_allowed and not field.null and not field.unique):
            continue
        elif not field.null:
            values[field.name] = value_for(field, company, canary)
    try:
        with transaction.atomic(), unit_of_work(actor):
            return model._base_manager.create(**{**values, **given})
    except (DatabaseError, BusinessError) as error:
        raise CannotBuild(f"{label}: {error}") from error


def within(model: type[models.Model], company: Company) -> models.QuerySet:
    """All rows of the model in the company, whoever asks; all there are where the model belongs to no company."""
    rows = model._base_manager.all()
    if model is Company:
        return rows.filter(pk=company.pk)
    path = getattr(model, "company_path", None) or "company_id"
    names = {item.name for item in model._meta.concrete_fields} | {item.attname for item in model._meta.concrete_fields}
    return rows.filter(**{path: company.pk}) if path.split("__")[0] in names else rows
