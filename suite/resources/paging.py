"""Keyset paging: a page is found by the last row seen, never by counting. The same for lists and API."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.resources.fields import UnknownName, shown

COUNT_CAP = 10_000


class BadRequest(Refusal):
    """The address asks for something that does not exist: an unknown filter, order or place in a list."""

    status = 400
    code = "bad_request"


@dataclass(frozen=True)
class Page:
    """Rows with the addresses of their neighbours ("" where there are none)."""

    rows: list[Model]
    next: str
    previous: str


def counted(rows: QuerySet) -> tuple[int, bool]:
    """(rows, capped): counts to 10,000 and no further."""
    found = rows.order_by()[: COUNT_CAP + 1].values("pk").count()
    return min(found, COUNT_CAP), found > COUNT_CAP


class Keyset:
    """An order made total by the key, and pages in it."""

    def __init__(self, model: type[Model], ordering: tuple[str, ...]) -> None:
        self.model = model
        names = [name for name in ordering if name.lstrip("-") not in {"pk", "id"}]
        last = next((name for name in ordering if name.lstrip("-") in {"pk", "id"}), None)
        descending = (last or (names[-1] if names else "-")).startswith("-")
        self.keys = [(name.lstrip("-"), name.startswith("-")) for name in names] + [("pk", descending)]

    @classmethod
    def of_request(cls, model: type[Model], asked: str, default: tuple[str, ...], allowed: tuple[str, ...]) -> "Keyset":
        """The order asked for ("-order_date,number"), or the default. Raises BadRequest for a column that is not offered."""
        if not asked:
            return cls(model, default)
        names = tuple(name.strip() for name in asked.split(","))
        for name in names:
            if name.lstrip("-") not in allowed or name.startswith("--"):
                raise BadRequest(
                    _("This list cannot be sorted by “%(name)s”; nothing was read.") % {"name": name[:60]}, field="sort",
                    hint=_("Sort by one of: %(names)s.") % {"names": ", ".join(allowed)},
                )
        return cls(model, names)

    def _path(self, path: str) -> tuple[str, bool]:
        item = shown(self.model, path)
        if item.kind == "link":
            target = item.field.related_model
            names = [name for name in target._meta.ordering if isinstance(name, str) and "__" not in name] or ["pk"]
            path = f"{path}__{names[0].lstrip('-')}"
            item = shown(self.model, path)
        return (path, item.is_nullable) if item.kind != "link" else (f"{path}_id", item.is_nullable)

    def _steps(self, backwards: bool) -> list[tuple[str, bool, bool]]:
        return [(*self._path(path), descending != backwards) for path, descending in self.keys]

    def _ordered(self, rows: QuerySet, backwards: bool) -> QuerySet:
        terms = []
        for path, nullable, descending in self._steps(backwards):
            nulls = {} if not nullable else {"nulls_first": True} if backwards else {"nulls_last": True}
            terms.append(F(path).desc(**nulls) if descending else F(path).asc(**nulls))
        return rows.order_by(*terms)

    def _beyond(self, values: list[Any], backwards: bool) -> Q:
        """Rows that come after these values in the order. Empty values stand last."""
        found, equal = Q(pk__in=[]), Q()
        for (path, nullable, descending), value in zip(self._steps(backwards), values, strict=True):
            if value is None:
                step = Q(**{f"{path}__isnull": False}) if backwards else Q(pk__in=[])
                same = Q(**{f"{path}__isnull": True})
            else:
                step = Q(**{f"{path}__{'lt' if descending else 'gt'}": value})
                if nullable and not backwards:
                    step |= Q(**{f"{path}__isnull": True})
                same = Q(**{path: value})
            found |= equal & step
            equal &= same
        return found

    def cursor(self, record: Model) -> str:
        values = []
        for path, _nullable, _descending in self._steps(False):
            value = shown(self.model, path).value(record)
            values.append(None if value is None else str(value.pk if isinstance(value, Model) else value))
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    def _values(self, cursor: str) -> list[Any]:
        try:
            raw = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            steps = self._steps(False)
            if not isinstance(raw, list) or len(raw) != len(steps):
                raise ValueError
            fields = [shown(self.model, path).field for path, _n, _d in steps]
            return [None if value is None else field.to_python(value) for field, value in zip(fields, raw, strict=True)]
        except (ValueError, TypeError, binascii.Error, ValidationError, UnknownName, UnicodeDecodeError):
            raise BadRequest(_("This place in the list does not exist."), field="cursor", hint=_("Start again at the first page.")) from None

    def page(self, rows: QuerySet, *, size: int, after: str = "", before: str = "") -> Page:
        """The page after or before a cursor, or the first one: one query. Raises BadRequest for a cursor that says nothing."""
        backwards = bool(before)
        ordered = self._ordered(rows, backwards)
        if cursor := before or after:
            ordered = ordered.filter(self._beyond(self._values(cursor), backwards))
        found = list(ordered[: size + 1])
        more, found = len(found) > size, found[:size]
        if backwards:
            found.reverse()
        following = bool(found) and (more or backwards)
        preceding = bool(found) and (bool(after) or (backwards and more))
        if backwards:
            following = bool(found)
        return Page(found, self.cursor(found[-1]) if following else "", self.cursor(found[0]) if preceding else "")
