"""Lists as tables: django-tables2 columns made from declared names."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import django_tables2
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2.utils import AttributeDict

from suite.resources.display import as_html
from suite.resources.fields import Shown, label_of, shown
from suite.resources.keys import name_keys
from suite.resources.resource import Resource


class ShownColumn(django_tables2.Column):
    """A column that shows one declared thing; the first one leads to the record."""

    def __init__(self, item: Shown, label: str, resource: type[Resource] | None, **kwargs: Any) -> None:
        self.item, self.resource = item, resource
        side = "cell-number" if item.is_numeric else ""
        super().__init__(
            accessor="pk", verbose_name=label, empty_values=(), orderable=False,
            attrs={"th": {"class": side}, "td": {"class": f"{side} cell-{item.kind}", "data-label": label}}, **kwargs,
        )

    def render(self, record: Model, table: Any) -> SafeString | str:
        if self.resource is not None and self.item.kind == "key":
            key = self.item.value(record) or "–"
            return format_html('<a class="record-link" href="{}">{}</a>', self.resource.url_of(record), getattr(record, "key_names", {}).get(key, (key,))[0])
        if self.resource is not None and self.item.kind != "link":
            is_empty = self.item.value(record) in (None, "")  # a draft has no number yet: its name leads to it
            text = str(record) if is_empty else as_html(record, self.item, table.viewer)
            return format_html('<a class="record-link" href="{}">{}</a>', self.resource.url_of(record), text)
        html = as_html(record, self.item, table.viewer)
        if self.resource is not None:
            return format_html('<a class="record-link" href="{}">{}</a>', self.resource.url_of(record), self.item.value(record) or "–")
        return html


class ResourceTable(django_tables2.Table):
    """A table that knows who looks at it."""

    def __init__(self, *args: Any, viewer: Any = None, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **kwargs)
        if args and isinstance(args[0], list):
            name_keys(args[0], [column.item for column in self.base_columns.values()], viewer)

    def body(self) -> Iterator[tuple[Model, list[tuple[str, SafeString | str]]]]:
        """(record, [(attributes, cell)]) row by row: django-tables2 inspects the renderer's signature for every cell, a third of a list's time."""
        columns = [(bound.column, AttributeDict(bound.column.attrs["td"]).as_html()) for bound in self.columns]
        for record in self.data:
            yield record, [(attributes, column.render(record=record, table=self)) for column, attributes in columns]

    class Meta:
        template_name = "parts/_table.html"
        attrs = {"class": "table table-vcenter card-table table-hover"}
        row_attrs = {"data-pk": lambda record: record.pk}


@lru_cache(maxsize=512)
def table_class(model: type[Model], columns: tuple[str, ...], resource: type[Resource] | None, language: str) -> type[ResourceTable]:
    """A table class for these columns; the first leads to the record where it has a page. Kept per language, labels included."""
    body = {
        path: ShownColumn(shown(model, path), label_of(model, path), resource if index == 0 else None)
        for index, path in enumerate(columns)
    }
    body["Meta"] = type("Meta", (ResourceTable.Meta,), {"sequence": columns})
    return type(f"{model.__name__}Table", (ResourceTable,), body)
