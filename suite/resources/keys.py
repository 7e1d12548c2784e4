"""Keys such as "crm.order:42" as people know the document: SO-00042, with its page. One query per kind of document, however many rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model

from suite.access.permissions import may
from suite.resources.fields import Shown
from suite.resources.registry import resource_named, resources


def name_keys(rows: Sequence[Model], items: Iterable[Shown], viewer: Any) -> None:
    """Keeps with each row (`key_names`) what its keys are called and where their pages are, as far as the viewer may see them."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for label, pk in {str(item.value(row) or "").partition(":")[::2] for item in items if item.kind == "key" for row in rows if viewer}:
        if pk.isdecimal() and len(pk) < 19:
            wanted[label].add(int(pk))
    names = {key: named for label, pks in wanted.items() for key, named in _names_of(label, pks, viewer).items()}
    for row in rows:
        row.key_names = names


def _names_of(label: str, keys: set[int], viewer: Any) -> dict[str, tuple[str, str]]:
    if (own := resource_named(label)) is not None:
        rows = own.rows(viewer).filter(pk__in=keys) if may(viewer, own.model, "view") else ()
        return {f"{label}:{row.pk}": (str(row), own.url_of(row)) for row in rows}
    for header in resources():
        for lines in header.lines:
            if lines.model._meta.label_lower == label and may(viewer, header.model, "view"):
                rows = lines.model.objects.filter(pk__in=keys, **{f"{lines.parent}__in": header.rows(viewer)}).select_related(lines.parent)
                return {f"{label}:{row.pk}": (f"{head} / {getattr(row, 'position', row.pk)}", header.url_of(head))
                        for row in rows for head in [getattr(row, lines.parent)]}
    return {}
