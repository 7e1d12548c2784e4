"""Reports as JSON: the same table, the same parameters as the page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from suite.resources.api.permissions import TokenScope
from suite.resources.paging import BadRequest
from suite.resources.report_tables import value_of
from suite.resources.reporting import ReportView

_LIST = {"type": "array", "items": {"type": "object"}}
_ANSWER = {"type": "object", "properties": {"columns": _LIST, "rows": _LIST, "totals": {"type": ["object", "null"]}, "currency": {"type": "string"},
                                            "facts": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, "note": {"type": "string"}}}


@extend_schema(responses={200: _ANSWER})
class ReportApi(APIView):
    """The report's columns, rows and totals as JSON; the same parameters as the page."""

    permission_classes = [IsAuthenticated, TokenScope]
    page: type[ReportView] = None

    def get(self, request: Any) -> Response:
        if not request.user.has_perm(self.page.permission):
            raise PermissionDenied
        view = self.page()
        view.request = request
        form = view.form(request.query_params, request.user)
        unknown = [name for name in request.query_params if form is None or name not in form.fields]
        if unknown:
            raise BadRequest(f"There is no parameter “{unknown[0][:60]}”; nothing was read.", field=unknown[0][:60])
        if form is not None and not form.is_valid():
            name, errors = next(iter(form.errors.items()))
            raise BadRequest(str(errors[0]), field=name)
        table = view.table(request.user, form)
        names = [column.name for column in table.columns]
        return Response({
            "columns": [{"name": c.name, "label": str(c.label), "kind": c.kind} for c in table.columns],
            "rows": [{name: value_of(row, name) for name in names} for row in table.rows],
            "totals": {name: value_of(table.totals, name) for name in names} if table.totals else None, "currency": table.currency,
            "facts": [[str(label), str(value)] for label, value in table.facts], "note": str(table.note),
        })


def report_endpoint(page: type[ReportView]) -> Callable:
    """The endpoint of a report."""
    return type(f"{page.__name__}Api", (ReportApi,), {"page": page, "app": page.app, "__doc__": str(page.title)}).as_view()
