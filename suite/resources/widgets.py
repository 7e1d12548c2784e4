"""Inputs of generated forms: dates by the browser, keys by typing."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core import signing
from django.db.models import Model, Q
from django.urls import reverse

ONLY_SALT = "suite.lookup.only"


def narrowed(limit: Q | dict | None) -> str:
    """The choices of a field, signed for its lookup: a customer's field finds customers. Empty where plain conditions cannot say it."""
    pairs = (limit.children if not limit.negated and limit.connector == Q.AND else []) if isinstance(limit, Q) else (limit or {}).items()
    pairs, is_plain = list(pairs), all(isinstance(pair, tuple) and isinstance(pair[1], str | int | bool) for pair in pairs)
    return signing.dumps(pairs, salt=ONLY_SALT, compress=True) if pairs and is_plain else ""


class RemoteSelect(forms.Select):
    """A select that holds only what is chosen and finds the rest as one types (static/js/lookup.js)."""

    def __init__(self, model: type[Model], attrs: dict | None = None) -> None:
        super().__init__({"data-lookup": model._meta.label_lower, **(attrs or {})})
        self.known: dict[Any, str] = {}
        self.only = ""

    def build_attrs(self, base_attrs: dict, extra_attrs: dict | None = None) -> dict:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        attrs["data-lookup-url"] = reverse("lookup", args=[attrs["data-lookup"]]) + (f"?{urlencode({'only': self.only})}" if self.only else "")
        return attrs

    def optgroups(self, name: str, value: list[str], attrs: dict | None = None) -> list:
        wanted = [part for part in value if part not in ("", None)]
        missing = [part for part in wanted if part not in self.known]
        rows: dict[str, str] = {}
        if missing:
            field = self.choices.field if hasattr(self.choices, "field") else None
            queryset = getattr(self.choices, "queryset", None)
            if queryset is not None and all(str(part).isalnum() for part in missing):
                key = getattr(field, "to_field_name", None) or "pk"
                try:
                    rows = {str(row.pk): str(row) for row in queryset.filter(**{f"{key}__in": missing})}
                except (ValueError, TypeError):
                    rows = {}
        options = [self.create_option(name, "", "", not wanted, 0, attrs=attrs)]
        for index, part in enumerate(wanted, 1):
            label = self.known.get(part) or rows.get(str(part))
            if label is not None:
                options.append(self.create_option(name, part, label, True, index, attrs=attrs))
        return [(None, [option], index) for index, option in enumerate(options)]


class Day(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class Moment(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")
