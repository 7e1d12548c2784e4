"""Keys such as "crm.order:42", by which one suite names another's document, as people know the document: SO-00042, with its page.

Read for all rows of a table at once: one query per kind of document, however many rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from suite.access.permissions import may
from suite.resources.fields import Shown
from suite.resources.registry import resource_named, resources
from suite.resources.resource import Lines, Resource

Named = dict[str, tuple[str, str]]


def name_keys(rows: Sequence[Model], items: Iterable[Shown], viewer: Any) -> None:
    """Keeps with each row what its keys are called and where their pages are, as far as the viewer may see them."""
    items = [item for item in items if item.kind == "key"]
    if not items or viewer is None:
        return
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        for item in items:
            label, _colon, pk = str(item.value(row) or "").partition(":")
            if pk.isdecimal() and len(pk) < 19:
                wanted[label].add(int(pk))
    names: Named = {}
    for label, keys in wanted.items():
        names |= _names_of(label, keys, viewer)
    for row in rows:
        row.key_names = names


def _names_of(label: str, keys: set[int], viewer: Any) -> Named:
    resource = resource_named(label)
    if resource is not None:
        if not may(viewer, resource.model, "view"):
            return {}
        return {f"{label}:{row.pk}": (str(row), resource.url_of(row)) for row in resource.rows(viewer).filter(pk__in=keys)}
    header, lines = _lines_named(label)
    if header is None or not may(viewer, header.model, "view"):
        return {}
    rows = lines.model.objects.filter(pk__in=keys, **{f"{lines.parent}__in": header.rows(viewer)}).select_related(lines.parent)
    return {f"{label}:{row.pk}": (f"{getattr(row, lines.parent)} / {getattr(row, 'position', row.pk)}", header.url_of(getattr(row, lines.parent)))
            for row in rows}


def _lines_named(label: str) -> tuple[type[Resource] | None, Lines | None]:
    return next(((resource, lines) for resource in resources() for lines in resource.lines if lines.model._meta.label_lower == label), (None, None))
