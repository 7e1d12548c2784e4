"""What a declared name like "customer__name" means: its column, kind, label, and the join it needs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.text import capfirst

from suite.kernel.money.fields import AmountField, PriceField, QuantityField
from suite.resources.codes import is_spoken

NUMERIC = {"money", "price", "quantity", "decimal", "integer", "share"}
KINDS: tuple[tuple[type[models.Field], str], ...] = (
    (AmountField, "money"),
    (PriceField, "price"),
    (QuantityField, "quantity"),
    (models.BooleanField, "bool"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "decimal"),
    (models.IntegerField, "integer"),
    (models.ForeignKey, "link"),
    (models.EmailField, "email"),
    (models.TextField, "long"),
    (models.JSONField, "json"),
)


class UnknownName(ValueError):
    """A declaration or a request names something that the model does not have."""


@dataclass(frozen=True)
class Shown:
    """One thing a page shows of a record."""

    path: str
    label: str
    kind: str
    field: models.Field | None
    model: type[models.Model]
    join: str
    is_nullable: bool

    @property
    def is_numeric(self) -> bool:
        return self.kind in NUMERIC

    @property
    def is_sortable(self) -> bool:
        """Columns of the database can be sorted; what Python computes cannot. A key sorts by what it points to."""
        return self.field is not None and self.kind not in {"long", "json"}

    def value(self, record: models.Model) -> Any:
        """The value on a record; None where a step of the way is empty."""
        here: Any = record
        for step in self.path.split("__"):
            if here is None:
                return None
            here = getattr(here, step)
        return here() if callable(here) and not isinstance(here, models.Model | models.Manager) else here


def kind_of(field: models.Field) -> str:
    if field.model and is_spoken(field.model, field.name):
        return "code"
    if field.choices:
        return "status" if field.name.endswith(("status", "state")) else "choice"
    if type(field) is models.DecimalField and field.max_digits - field.decimal_places <= 1:
        return "share"
    if isinstance(field, models.CharField) and field.name.endswith("_key"):
        return "key"
    return next((kind for cls, kind in KINDS if isinstance(field, cls)), "text")


@lru_cache(maxsize=4096)
def shown(model: type[models.Model], path: str) -> Shown:
    """What `path` is on `model`. Raises UnknownName for a name that leads nowhere, or through many rows."""
    here, joins, field, nullable, labels = model, [], None, False, []
    steps = path.split("__")
    for index, step in enumerate(steps):
        try:
            field = here._meta.pk if step == "pk" else here._meta.get_field(step)
        except FieldDoesNotExist:
            if index == len(steps) - 1 and hasattr(here, step):
                attribute = getattr(here, step)
                label = getattr(getattr(attribute, "fget", attribute), "short_description", step.replace("_", " "))
                return Shown(path, capfirst(str(label)), "key" if step.endswith("_key") else "text", None, model, "__".join(joins), True)
            raise UnknownName(f"{model._meta.label} has no {path!r}") from None
        if not field.concrete or field.many_to_many:
            raise UnknownName(f"{model._meta.label}: {path!r} leads to many rows")
        nullable = nullable or field.null
        labels.append(field)
        if field.is_relation:
            joins.append(step)
            here = field.related_model
        elif index < len(steps) - 1:
            raise UnknownName(f"{model._meta.label}: {path!r} goes through a plain column")
    named = labels[-2] if len(labels) > 1 and labels[-1].name in {"name", "code", "number", "sku"} else labels[-1]
    return Shown(path, capfirst(str(named.verbose_name)), kind_of(field), field, model, "__".join(joins), nullable)


@lru_cache(maxsize=1024)
def leads_to_many(model: type[models.Model], path: str) -> bool:
    """Whether a path passes through the many side of a relation. Raises UnknownName for one that leads nowhere."""
    here, many = model, False
    for step in path.split("__"):
        try:
            field = here._meta.pk if step == "pk" else here._meta.get_field(step)
        except FieldDoesNotExist:
            raise UnknownName(f"{model._meta.label} has no {path!r}") from None
        many = many or bool(field.one_to_many or field.many_to_many)
        here = field.related_model or here
    return many


def joins_of(model: type[models.Model], paths: tuple[str, ...], more: tuple[str, ...] = ()) -> tuple[str, ...]:
    """What to select_related so that showing these paths asks no further query."""
    found = [shown(model, path).join for path in paths]
    return tuple(dict.fromkeys(join for join in (*found, *more) if join))


def label_of(model: type[models.Model], path: str) -> str:
    """The label in the language of the moment (Shown keeps the first one asked for)."""
    item = shown(model, path)
    if item.field is None:
        computed = getattr(item.model, path, None)  # of a property: its words, asked for anew in each language
        return capfirst(str(getattr(getattr(computed, "fget", computed), "short_description", item.label)))
    if path == "position":
        return "#"
    steps = path.split("__")
    if len(steps) > 1 and steps[-1] in {"name", "code", "number", "sku"}:
        return label_of(model, "__".join(steps[:-1]))
    return capfirst(str(item.field.verbose_name))
