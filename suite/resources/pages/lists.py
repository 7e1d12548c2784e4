"""The list of a resource: filters in the address, keyset pages, saved views, totals and counts on demand."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import get_language

from suite.access.permissions import may
from suite.kernel.audit.services import record_reading
from suite.kernel.documents.transitions import transitions_of
from suite.kernel.savedviews.models import SavedView
from suite.resources.display import as_text
from suite.resources.fields import joins_of, label_of, shown
from suite.resources.filters import ResourceFilterSet, filterset_class
from suite.resources.menu import filtered_entry
from suite.resources.pages.access import ResourceView, parameters
from suite.resources.paging import BadRequest, Keyset, counted
from suite.resources.tables import table_class

PAGE_SIZES = (25, 50, 100, 200)


class ListView(ResourceView):
    """A page of rows. Never counts: whether there are more is seen by reading one row too many."""

    page = "list"

    def filterset(self, rows: QuerySet) -> ResourceFilterSet:
        request = self.request
        filterset = filterset_class(self.resource)(request.GET, queryset=rows, request=request, user=request.user)
        filterset.refuse_unknown(request.GET)
        return filterset

    def filtered(self) -> tuple[ResourceFilterSet, QuerySet]:
        filterset = self.filterset(self.rows())
        return filterset, filterset.strictly()

    def offered(self) -> tuple[str, ...]:
        """Every column a user may choose."""
        extra = [field for _title, fields in self.resource.sections for field in fields]
        return tuple(dict.fromkeys((*self.resource.columns, *extra, *self.resource.totals)))

    def chosen(self) -> tuple[str, ...]:
        """The columns of this page. Raises BadRequest for one that is not offered."""
        asked = tuple(dict.fromkeys(name for name in self.request.GET.get("columns", "").split(",") if name))
        for name in asked:
            if name not in self.offered():
                raise BadRequest(f"There is no column “{name[:60]}” here.", field="columns", hint="Reset the list to its usual columns.")
        return asked or self.resource.columns

    def keyset(self) -> Keyset:
        allowed = tuple(path for path in self.offered() if shown(self.resource.model, path).is_sortable)
        return Keyset.of_request(self.resource.model, self.request.GET.get("sort", ""), self.resource.ordering, allowed)

    def size(self) -> int:
        asked = self.request.GET.get("size", "50")
        return int(asked) if asked.isdigit() and int(asked) in PAGE_SIZES else 50

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        request, resource = self.request, self.resource
        columns, keyset = self.chosen(), self.keyset()
        filterset, rows = self.filtered()
        joins = joins_of(resource.model, columns, (*resource.select_related, *self._company()))
        page = keyset.page(
            rows.select_related(*joins) if joins else rows, size=self.size(),
            after=request.GET.get("after", ""), before=request.GET.get("before", ""),
        )
        if read := tuple(name for name in resource.sensitive if name in columns):
            record_reading(model=resource.model, keys=[row.pk for row in page.rows], fields=read, actor=request.user, request=request)
        table = table_class(resource.model, columns, resource, get_language())(page.rows, viewer=request.user)
        chips = [
            (label, words, "?" + parameters(request, *names, "after", "before")) for label, words, names in filterset.chips()
        ]
        standing = filtered_entry(f"{resource.app()}:{resource.name()}_list", request.GET)
        standing_for = set(QueryDict(standing.query if standing else ""))
        views = list(SavedView.objects.visible_to(request.user).filter(resource=resource.key()).select_related("owner"))
        return super().get_context_data(
            table=table, filterset=filterset, chips=chips, heads=self._heads(columns, keyset), page=page,
            is_filtered=bool(request.GET.get("q") or any(not standing_for.issuperset(names) for _label, _words, names in filterset.chips())),
            columns=columns, heading=str(standing.label) if standing else resource.label_plural(), add_query=self._preset(),
            offered=[(path, label_of(resource.model, path), path in columns) for path in self.offered()],
            views=[view for view in views if view.is_shared or view.owner_id == request.user.pk],
            next_url="?" + parameters(request, "before", after=page.next) if page.next else "",
            previous_url="?" + parameters(request, "after", before=page.previous) if page.previous else "",
            query=parameters(request, "after", "before"), may_import=bool(resource.import_key) and may(request.user, resource.model, "add"),
            bulk_actions=[t for t in transitions_of(resource.model).values()
                          if request.user.has_perm(t.permission) and t.name not in resource.actions_form],
            may_delete=resource.is_editable() and may(request.user, resource.model, "delete"), size=self.size(), sizes=PAGE_SIZES, **kwargs,
        )

    def _preset(self) -> str:
        """What a new record takes over from the filters of the list: a customer among customers is a customer."""
        names = set(self.resource.form_fields)
        return urlencode([(name, value) for name, value in self.request.GET.items() if name in names and value not in ("", "false")])

    def _company(self) -> tuple[str, ...]:
        """The company is joined where amounts must find their currency."""
        model = self.resource.model
        names = {field.name for field in model._meta.concrete_fields}
        return ("company",) if "company" in names and "currency" not in names else ()

    def _heads(self, columns: tuple[str, ...], keyset: Keyset) -> list[dict[str, Any]]:
        model, first = self.resource.model, keyset.keys[0]
        heads = []
        for path in columns:
            item = shown(model, path)
            now = ("desc" if first[1] else "asc") if first[0] == path else ""
            sort = f"-{path}" if now == "asc" else path
            heads.append({
                "label": label_of(model, path), "is_numeric": item.is_numeric, "sorted": now, "path": path,
                "url": "?" + parameters(self.request, "after", "before", sort=sort) if item.is_sortable else "",
            })
        return heads


class CountView(ListView):
    """How many rows the filtered list has, capped, with its totals: a fragment asked for apart."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _filterset, rows = self.filtered()
        number, capped = counted(rows)
        sums = []
        if self.resource.totals and request.GET.get("tab") == "totals":
            found = rows.order_by().aggregate(**{f"total_{name}": Sum(name) for name in self.resource.totals})
            code = request.user.company.currency_id if request.user.company_id else None
            for name in self.resource.totals:
                item = shown(self.resource.model, name)
                value = found[f"total_{name}"]
                sums.append((label_of(self.resource.model, name), as_text(value, item, None, code) if value is not None else "0"))
        return self.response_class(
            request, ["parts/_count.html"], {"number": number, "capped": capped, "sums": sums, "has_totals": bool(self.resource.totals),
                                             "resource": self.resource, "query": parameters(request, "after", "before", "tab")},
        )
