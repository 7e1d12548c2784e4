"""The API's description: OpenAPI, made once per process and language; and its pages, offline, without an inline script."""

from functools import lru_cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView
from rest_framework.response import Response


@lru_cache(maxsize=8)
def _schema(language: str) -> dict[str, Any]:
    return SchemaGenerator().get_schema(request=None, public=True)


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 of every endpoint, as YAML or JSON; the same for everybody who signed in."""

    def _get_schema_response(self, request: Any) -> Response:
        disposition = f'inline; filename="{self._get_filename(request, None)}"'
        return Response(data=_schema(get_language() or "en"), headers={"Content-Disposition": disposition})


@login_required
def docs(request: HttpRequest) -> HttpResponse:
    """The interactive description of every endpoint."""
    return render(request, "generic/api_docs.html")
