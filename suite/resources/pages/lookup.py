"""Answers to half-typed names: the choices of a key field, of the user's own rows only."""

from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import FieldError, PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.resources.filters import matching
from suite.resources.paging import BadRequest
from suite.resources.registry import resource_named
from suite.resources.widgets import ONLY_SALT

LIMIT = 20


@login_required
def lookup(request: HttpRequest, key: str) -> JsonResponse:
    """{"results": [{"value", "text"}]} of at most 20 rows whose searched fields hold what was typed."""
    resource = resource_named(key)
    if resource is None or not resource.search:
        raise Http404(_("Nothing can be looked up here."))
    if not may(request.user, resource.model, "view"):
        raise PermissionDenied(_("Your roles do not include this for %(name)s.") % {"name": resource.label_plural()})
    rows = resource.rows(request.user)
    if any(field.name == "is_active" for field in resource.model._meta.concrete_fields):
        rows = rows.filter(is_active=True)
    if only := request.GET.get("only", ""):
        try:
            rows = rows.filter(**dict(signing.loads(only, salt=ONLY_SALT)))
        except (signing.BadSignature, FieldError):
            raise BadRequest(_("These choices were not offered here; load the page again."), field="only") from None
    typed = request.GET.get("q", "").strip()[:80]
    if typed:
        rows = matching(rows, resource.search, typed)
    return JsonResponse({"results": [{"value": str(row.pk), "text": str(row)} for row in rows[:LIMIT]]})
