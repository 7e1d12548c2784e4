"""What a transition's function asks, as a serializer: read from its signature, so the API cannot drift from the service."""

import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from suite.kernel.documents.transitions import Transition

PLAIN: dict[type, Any] = {
    str: lambda **kw: serializers.CharField(allow_blank=not kw.get("required", True), max_length=2000, **kw),
    int: serializers.IntegerField, bool: serializers.BooleanField, date: serializers.DateField, datetime: serializers.DateTimeField,
    Decimal: lambda **kw: serializers.DecimalField(max_digits=19, decimal_places=6, **kw), float: serializers.FloatField,
}
HIDDEN = {"actor", "act", "key", "expected_version", "document"}


class UnknownType(TypeError):
    """A keyword argument's type has no form in JSON."""


class DataclassSerializer(serializers.Serializer):
    """Builds the frozen dataclass that a service takes as structured input."""

    dataclass: type

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: ["There is no such field."] for name in unknown})
        return self.dataclass(**values)

    def to_representation(self, instance: Any) -> Any:
        return {field.name: getattr(instance, field.name, None) for field in fields(self.dataclass)}


def field_for(kind: Any, required: bool, default: Any = None) -> serializers.Field:
    """The serializer field of an annotation. Raises UnknownType."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        plain = [part for part in arguments if part is not type(None)]
        made = field_for(plain[0], required)
        if len(plain) < len(arguments):
            made.allow_null = True
        return made
    options: dict[str, Any] = {"required": required}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return serializers.ChoiceField(choices=[(item.value, item.name) for item in kind], **options)
    if kind in PLAIN:
        return PLAIN[kind](**options)
    if origin in (dict, Mapping):
        return serializers.DictField(child=field_for(arguments[1], True), **options)
    if origin in (list, tuple, Sequence, set, frozenset) and arguments:
        inner = arguments[0]
        if is_dataclass(inner):
            return _dataclass_serializer(inner)(many=True, **options)
        return serializers.ListField(child=field_for(inner, True), **options)
    if is_dataclass(kind):
        return _dataclass_serializer(kind)(**options)
    if isinstance(kind, type) and issubclass(kind, Model):
        return serializers.PrimaryKeyRelatedField(queryset=kind.objects.all(), **options)
    raise UnknownType(f"{kind} has no form in the API")


@lru_cache(maxsize=256)
def _dataclass_serializer(cls: type) -> type[DataclassSerializer]:
    hints = typing.get_type_hints(cls)
    body: dict[str, Any] = {"dataclass": cls}
    for item in fields(cls):
        needed = item.default is MISSING and item.default_factory is MISSING
        body[item.name] = field_for(hints[item.name], needed)
    return type(f"{cls.__name__}Input", (DataclassSerializer,), body)


class ActionSerializer(serializers.Serializer):
    """The keyword arguments of a transition; keys of dictionaries are line ids."""

    integer_keys: frozenset[str] = frozenset()

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({name: ["This action takes no such value."] for name in unknown})
        values = super().to_internal_value(data)
        for name in self.integer_keys & set(values):
            if values[name] is not None:
                try:
                    values[name] = {int(key): value for key, value in values[name].items()}
                except ValueError:
                    raise serializers.ValidationError({name: ["The keys are ids of lines."]}) from None
        return values


def action_serializer(step: Transition) -> type[ActionSerializer]:
    """The serializer of a transition's keyword arguments. Raises UnknownType at start for a signature that JSON cannot carry."""
    function = inspect.unwrap(step.run)
    hints = typing.get_type_hints(function)
    body: dict[str, Any] = {}
    integer_keys = set()
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY or name in HIDDEN or name.startswith("_"):
            continue
        kind = hints.get(name, str)
        body[name] = field_for(kind, parameter.default is inspect.Parameter.empty)
        parts = [kind, *typing.get_args(kind)]
        if any(typing.get_origin(part) in (dict, Mapping) and typing.get_args(part)[:1] == (int,) for part in parts):
            integer_keys.add(name)
    body["integer_keys"] = frozenset(integer_keys)
    title = "".join(part.capitalize() for part in step.name.split("_"))
    return type(f"{step.model.__name__}{title}Input", (ActionSerializer,), body)
