"""Cursor pages of the API: the same keyset as the lists."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from suite.resources.paging import BadRequest, Keyset

LARGEST = 200


class CursorPages(BasePagination):
    """{"next", "previous", "results"}; `limit` rows a page (50, at most 200)."""

    def paginate_queryset(self, queryset: QuerySet, request: Any, view: Any = None) -> list:
        size = request.query_params.get("limit", "50")
        if not size.isdigit() or not 0 < int(size) <= LARGEST:
            raise BadRequest(f"limit is a number from 1 to {LARGEST}; nothing was read.", field="limit")
        keyset: Keyset = view.keyset()
        cursor = request.query_params.get("cursor", "")
        after, before = ("", cursor[1:]) if cursor.startswith("~") else (cursor, "")
        self.page = keyset.page(queryset, size=int(size), after=after, before=before)
        self.request = request
        return self.page.rows

    def _link(self, cursor: str) -> str | None:
        if not cursor:
            return None
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def get_paginated_response(self, data: Any) -> Response:
        previous = f"~{self.page.previous}" if self.page.previous else ""
        return Response({"next": self._link(self.page.next), "previous": self._link(previous), "results": data})

    def get_paginated_response_schema(self, schema: dict) -> dict:
        link = {"type": ["string", "null"], "format": "uri"}
        return {"type": "object", "required": ["results"], "properties": {"next": link, "previous": link, "results": schema}}

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        return [
            {"name": "cursor", "in": "query", "required": False, "description": "From `next` or `previous`.", "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "description": "Rows a page.",
             "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": 50}},
            {"name": "ordering", "in": "query", "required": False, "description": "Columns, comma-separated; - for descending.",
             "schema": {"type": "string"}},
        ]
