"""Export of what is seen: the same rows, filters and columns as the list."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from suite.kernel.audit.services import record_event
from suite.resources.exports import EXPORT_LIMIT, download, raw
from suite.resources.fields import joins_of, label_of, shown
from suite.resources.imports import import_columns, import_row
from suite.resources.pages.lists import ListView


class ExportView(ListView):
    """CSV or XLSX of the filtered list. With `columns=import` the file has the shape that the import reads."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        resource, model = self.resource, self.resource.model
        for_import = request.GET.get("columns") == "import"
        columns = import_columns(resource) if for_import else self.chosen()
        _filterset, rows = self.filtered()
        rows = self.keyset()._ordered(rows, False)
        joins = joins_of(model, columns, resource.select_related)
        rows = (rows.select_related(*joins) if joins else rows)[:EXPORT_LIMIT]
        if for_import:
            header, cells = list(columns), (import_row(resource, row) for row in rows.iterator(2000))
        else:
            items = [shown(model, path) for path in columns]
            header = [label_of(model, path) for path in columns]
            cells = ([raw(item.value(row), item) for item in items] for row in rows.iterator(2000))
        name, wanted = f"{resource.slug()}-{timezone.localdate():%Y-%m-%d}", request.GET.get("format", "csv")
        answer = download(wanted, header, cells, name)
        detail = {"format": wanted, "filter": request.GET.urlencode()[:500]}
        record_event("export", actor=request.user, subject=resource.key(), detail=detail, request=request)
        return answer
