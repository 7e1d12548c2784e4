"""The filters of a resource: the same for its list, its export and its API."""

import operator
from collections.abc import Iterable
from functools import reduce
from typing import Any

import django_filters
from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.widgets import BooleanWidget, SuffixedMultiWidget

from suite.resources.codes import choices
from suite.resources.fields import Shown, label_of, leads_to_many, shown
from suite.resources.paging import BadRequest
from suite.resources.resource import Resource
from suite.resources.widgets import Day, RemoteSelect

RESERVED = ("q", "sort", "after", "before", "columns", "view", "size", "format", "ordering", "cursor", "limit", "page_size", "tab")


def matching(rows: QuerySet, fields: Iterable[str], text: str) -> QuerySet:
    """Rows in which every word of the text occurs in some of the fields."""
    for word in text.split()[:6]:
        terms = []
        for field in fields:
            term = Q(**{f"{field}__icontains": word})
            # through many rows (barcodes of a product) by a subquery: a join would show a row twice
            terms.append(Q(pk__in=rows.model._base_manager.filter(term).values("pk")) if leads_to_many(rows.model, field) else term)
        rows = rows.filter(reduce(operator.or_, terms))
    return rows


class _Between(SuffixedMultiWidget):
    """Two inputs, from and to; the field turns them into a range."""

    template_name = "django_filters/widgets/multiwidget.html"

    def decompress(self, value: Any) -> list[Any]:
        return [value.start, value.stop] if value else [None, None]


class DatesWidget(_Between):
    suffixes = ["after", "before"]

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__([Day(), Day()], attrs)


class NumbersWidget(_Between):
    suffixes = ["min", "max"]

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__([forms.NumberInput({"step": "any"}), forms.NumberInput({"step": "any"})], attrs)


class YesNo(BooleanWidget):
    """Any, yes, no."""

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__(attrs)
        self.choices = (("", gettext_lazy("Any")), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No")))


class ResourceFilterSet(django_filters.FilterSet):
    """Filters with the user at hand: a choice of rows offers only what the user may see."""

    resource: type[Resource]
    q = django_filters.CharFilter(method="search", label=gettext_lazy("Search"))

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        if not self.resource.search:
            self.filters.pop("q", None)

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return matching(rows, self.resource.search, value)

    def parameters(self) -> set[str]:
        """Every parameter that means something."""
        names: set[str] = set()
        for name, item in self.filters.items():
            suffixes = getattr(item.field.widget, "suffixes", None)
            names.update(f"{name}_{suffix}" for suffix in suffixes) if suffixes else names.add(name)
        return names

    def refuse_unknown(self, given: Iterable[str]) -> None:
        """Raises BadRequest for a parameter that is neither a filter nor part of the page: a misspelt filter must not show all rows."""
        known = self.parameters()
        for name in given:
            if name not in known and name not in RESERVED:
                raise BadRequest(
                    _("There is no filter “%(name)s” here; nothing was read.") % {"name": name[:60]}, field=name[:60],
                    hint=_("Filters are: %(names)s.") % {"names": ", ".join(sorted(known))},
                )

    def strictly(self) -> QuerySet:
        """The filtered rows. Raises BadRequest for values that are none, naming the filter."""
        if not self.is_valid():
            field, errors = next(iter(self.form.errors.items()))
            raise BadRequest(
                f"{self.form.fields[field].label or field}: {errors[0]}" if field in self.form.fields else str(errors[0]),
                field=field, hint=_("Correct or remove this filter; nothing was read."),
            )
        return self.qs

    def chips(self) -> list[tuple[str, str, list[str]]]:
        """(label, value in words, parameters to drop) of every filter in use, search excluded."""
        if not self.is_valid():
            return []
        found = []
        for name, value in self.form.cleaned_data.items():
            if name == "q" or value in (None, "", [], ()) or (isinstance(value, QuerySet) and not value):
                continue
            suffixes = getattr(self.form.fields[name].widget, "suffixes", None)
            names = [f"{name}_{suffix}" for suffix in suffixes] if suffixes else [name]
            found.append((str(self.form.fields[name].label), self._words(name, value), names))
        return found

    def _words(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.form.fields[name], "choices", ()) or ()) if not isinstance(value, Model) else {}
        if isinstance(value, slice):
            def day(edge: Any) -> str:
                return "…" if edge is None else date_format(edge.date() if hasattr(edge, "date") else edge, "DATE_FORMAT")
            return f"{day(value.start)} – {day(value.stop)}"
        if isinstance(value, list):
            return ", ".join(str(choices.get(part, part)) for part in value)
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        return str(choices.get(value, value))


def _rows_for(item: Shown) -> Any:
    def queryset(request: Any) -> QuerySet:
        return item.field.related_model.objects.visible_to(request.user) if request is not None else item.field.related_model.objects.none()

    return queryset


def filter_for(model: type[Model], path: str) -> django_filters.Filter:
    """The filter that fits a column's kind."""
    item, label = shown(model, path), label_of(model, path)
    column = {"field_name": path, "label": label}
    if item.kind in {"status", "choice"}:
        return django_filters.MultipleChoiceFilter(choices=item.field.flatchoices, widget=forms.SelectMultiple, **column)
    if item.kind == "code":
        return django_filters.MultipleChoiceFilter(choices=choices(item.field.model, item.field.name), widget=forms.SelectMultiple, **column)
    if item.kind == "bool":
        return django_filters.BooleanFilter(widget=YesNo, **column)
    if item.kind == "date":
        return django_filters.DateFromToRangeFilter(widget=DatesWidget, **column)
    if item.kind == "datetime":
        return django_filters.DateFromToRangeFilter(widget=DatesWidget, **column)
    if item.is_numeric:
        return django_filters.RangeFilter(widget=NumbersWidget, **column)
    if item.kind == "link":
        return django_filters.ModelChoiceFilter(queryset=_rows_for(item), widget=RemoteSelect(item.field.related_model), **column)
    return django_filters.CharFilter(lookup_expr="icontains", **column)


def filterset_class(resource: type[Resource]) -> type[ResourceFilterSet]:
    """The declared filterset, or one made from the declared filters."""
    if resource.filterset_class:
        return resource.filterset_class
    body: dict[str, Any] = {path: filter_for(resource.model, path) for path in resource.filters}
    body |= {"resource": resource, "Meta": type("Meta", (), {"model": resource.model, "fields": []}), "__module__": __name__}
    return type(f"{resource.model.__name__}FilterSet", (ResourceFilterSet,), body)
