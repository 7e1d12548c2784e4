"""One box over everything: rows of every resource with a search, by similarity, and pages and actions by name."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import FloatField, Q, QuerySet, Value
from django.db.models.functions import Cast, Greatest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.resources.filters import matching
from suite.resources.menu import menu_for
from suite.resources.pages.records import status_of
from suite.resources.registry import resources
from suite.resources.resource import Resource
from suite.resources.statuses import colour_of

PER_RESOURCE = 5
CLOSE = 0.4


def _own_columns(resource: type[Resource]) -> tuple[str, ...]:
    return tuple(name for name in resource.search if "__" not in name)


def found_rows(resource: type[Resource], user: Any, text: str, limit: int) -> list:
    """The rows most like the text: those that contain it first, else those that are nearly written so."""
    rows: QuerySet = resource.rows(user)
    if resource.select_related:
        rows = rows.select_related(*resource.select_related)
    own = _own_columns(resource)
    exact = list(matching(rows, own or resource.search, text).order_by("-pk")[:limit])
    if exact or not own or len(text) < 4:
        return exact
    likeness = [Cast(TrigramWordSimilarity(text, name), FloatField()) for name in own]
    score = Greatest(*likeness, Value(0.0)) if likeness else Value(0.0)
    near = Q()
    for name in own:
        near |= Q(**{f"{name}__trigram_word_similar": text})
    found = rows.filter(near).annotate(likeness=score).order_by("-likeness", "-pk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", [CLOSE])
        return list(found[:limit])


def answers(user: Any, text: str, limit: int = PER_RESOURCE) -> list[dict[str, Any]]:
    """Groups of hits, only of what the user may see: {"label", "icon", "url", "hits": [{"title", "url", "status"}]}."""
    groups = []
    for resource in resources():
        if not resource.search or not may(user, resource.model, "view"):
            continue
        hits = []
        for row in found_rows(resource, user, text, limit):
            status = status_of(row)
            hits.append({"title": str(row), "url": resource.url_of(row), "status": status, "colour": colour_of(status[0]) if status else ""})
        if hits:
            groups.append({"label": resource.label_plural(), "icon": resource.icon, "url": resource.list_url(), "hits": hits})
    return groups


def commands(user: Any, text: str) -> list[dict[str, str]]:
    """Pages and "new …" actions whose names hold every word of the text."""
    words = text.casefold().split()
    found = []
    for section in menu_for(user, ""):
        for item in section["entries"]:
            found.append({"title": str(item["label"]), "hint": str(section["label"]), "icon": item["icon"], "url": item["url"]})
    for resource in resources():
        if resource.is_editable() and may(user, resource.model, "add"):
            title = _("New %(kind)s") % {"kind": resource.label()}
            found.append({"title": title, "hint": _("Action"), "icon": "plus", "url": resource.url("add")})
    return [item for item in found if all(word in f"{item['title']} {item['hint']}".casefold() for word in words)][:8]


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """The page of all hits."""
    text = request.GET.get("q", "").strip()[:100]
    context = {"text": text, "groups": answers(request.user, text, 10) if text else [], "commands": commands(request.user, text) if text else []}
    return render(request, "generic/search.html", context)


@login_required
def palette(request: HttpRequest) -> HttpResponse:
    """The palette's list for what has been typed so far."""
    text = request.GET.get("q", "").strip()[:100]
    groups = answers(request.user, text) if len(text) >= 2 else []
    return render(request, "parts/_palette.html", {"text": text, "groups": groups, "commands": commands(request.user, text)})
