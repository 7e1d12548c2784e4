"""The API's documentation, offline: Swagger UI from the installed package, started by a file of our own (no inline script)."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def docs(request: HttpRequest) -> HttpResponse:
    """The interactive description of every endpoint."""
    return render(request, "generic/api_docs.html")
