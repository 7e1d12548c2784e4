"""Serializers made from declarations: explicit fields, read-only unless the form asks them, keys of the user's own rows only."""

from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers

from suite.kernel.money.fields import AmountField, PriceField, QuantityField
from suite.resources.fields import UnknownName, shown
from suite.resources.resource import Lines, Resource

DECIMALS = (AmountField, PriceField, QuantityField)


class ScopedKey(serializers.PrimaryKeyRelatedField):
    """The key of a row; one that the caller may not see does not exist."""

    def get_queryset(self) -> QuerySet | None:
        rows = super().get_queryset()
        request = self.context.get("request")
        if rows is None or request is None or not hasattr(rows.model.objects, "visible_to"):
            return rows
        return rows.model.objects.visible_to(request.user)

    def use_pk_only_optimization(self) -> bool:
        return True


class ResourceSerializer(serializers.ModelSerializer):
    """Validates shapes and keys; what the trade forbids, `save_record` refuses."""

    serializer_related_field = ScopedKey

    def get_unique_together_validators(self) -> list:
        return []

    def get_unique_together_constraints(self, model: type[Model]) -> Any:
        return iter(())

    def to_internal_value(self, data: Any) -> Any:
        """Refuses fields that do not exist or are not written: a misspelt one must not be dropped in silence."""
        if isinstance(data, dict):
            unwritten = [name for name in data if name not in self.fields or (self.fields[name].read_only and name not in self.silently)]
            if unwritten:
                raise serializers.ValidationError({name: ["This field is not written here."] for name in unwritten})
        return super().to_internal_value(data)

    silently = frozenset({"id", "version"})


def _concrete(model: type[Model], names: tuple[str, ...]) -> list[str]:
    found = []
    for name in names:
        try:
            if shown(model, name).field is not None and "__" not in name and name != "pk":
                found.append(name)
        except UnknownName:
            continue
    return found


def serializer_for(model: type[Model], readable: tuple[str, ...], writable: tuple[str, ...], name: str, extra: dict[str, Any] | None = None) -> type:
    """A serializer class with exactly these fields."""
    extra = extra or {}
    has_id = model._meta.pk.name == "id"
    head = (("id",) if has_id else (model._meta.pk.name,)) + (("version",) if any(f.name == "version" for f in model._meta.concrete_fields) else ())
    fields = list(dict.fromkeys((*head, *_concrete(model, readable), *writable, *extra)))
    read_only = [field for field in fields if field not in writable and field not in extra]
    meta = type("Meta", (), {"model": model, "fields": fields, "read_only_fields": read_only})
    return type(name, (ResourceSerializer,), {"Meta": meta, **extra})


def line_serializer(lines: Lines) -> type:
    """The serializer of one kind of lines."""
    readable = tuple(dict.fromkeys((*lines.columns, *lines.fields)))
    made = serializer_for(lines.model, readable, lines.fields, f"{lines.model.__name__}Rows")
    made.silently = frozenset({"id"})
    return made


def detail_fields(resource: type[Resource]) -> tuple[str, ...]:
    sectioned = tuple(name for _title, names in resource.sections for name in names)
    standing = tuple(f.name for f in resource.model._meta.concrete_fields if f.name in {"number", "status", "state", "created_at"})
    return tuple(dict.fromkeys((*standing, *resource.columns, *sectioned, *resource.totals)))


def serializer_class(resource: type[Resource]) -> type:
    """The serializer of a record with its lines; in a list the lines are left out (ask the record)."""
    if resource.serializer_class:
        return resource.serializer_class
    nested = {
        lines.prefix: line_serializer(lines)(many=True, required=False, read_only=not lines.fields) for lines in resource.lines
        if any(f.get_accessor_name() == lines.prefix for f in resource.model._meta.related_objects if f.related_model is lines.model)
    }
    return serializer_for(resource.model, detail_fields(resource), resource.form_fields, f"{resource.model.__name__}Record", nested)


def list_serializer_class(resource: type[Resource]) -> type:
    if resource.serializer_class:
        return resource.serializer_class
    return serializer_for(resource.model, detail_fields(resource), resource.form_fields, f"{resource.model.__name__}Row")
