"""Errors of the API as problem details (RFC 9457): what happened, at which field, what to do next."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelInvalid
from django.db import IntegrityError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from suite.kernel.documents.errors import BusinessError
from suite.resources.violations import refusal_of

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("Bad request"),
    401: gettext_lazy("Sign in first"),
    403: gettext_lazy("Not allowed"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    409: gettext_lazy("Conflict"),
    412: gettext_lazy("Changed meanwhile"),
    415: gettext_lazy("Unsupported media type"),
    422: gettext_lazy("Not accepted"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something broke"),
}


class PreconditionFailed(exceptions.APIException):
    status_code = 412
    default_code = "precondition_failed"


def problem(status: int, detail: str, *, code: str = "", errors: list[dict] | None = None, hint: str = "", request: Any = None) -> dict[str, Any]:
    """The body of a problem answer."""
    body: dict[str, Any] = {"type": "about:blank", "title": str(TITLES.get(status, _("Error"))), "status": status, "detail": str(detail)}
    if code:
        body["code"] = code
    if hint:
        body["hint"] = str(hint)
    if errors:
        body["errors"] = errors
    if request is not None:
        body["instance"] = request.path
        body["request_id"] = getattr(getattr(request, "_request", request), "request_id", "")
    return body


def flat(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """Nested errors of a serializer as a list of (pointer, message, code)."""
    if isinstance(detail, dict):
        return [item for key, value in detail.items() for item in flat(value, f"{pointer}/{key}" if key != "non_field_errors" else pointer)]
    if isinstance(detail, list):
        if detail and all(not isinstance(item, dict | list) for item in detail):
            return [{"pointer": pointer or "/", "detail": str(item), "code": getattr(item, "code", "invalid")} for item in detail]
        return [item for index, value in enumerate(detail) for item in flat(value, f"{pointer}/{index}")]
    return [{"pointer": pointer or "/", "detail": str(detail), "code": getattr(detail, "code", "invalid")}]


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal becomes a problem, everything unforeseen goes on as a 500."""
    request = context.get("request")
    headers: dict[str, str] = {}
    if isinstance(error, IntegrityError):
        error = refusal_of(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    elif isinstance(error, ModelInvalid):
        error = exceptions.ValidationError(getattr(error, "message_dict", None) or error.messages)
    if isinstance(error, BusinessError):
        pointer = f"/{error.field}" if error.field else "/"
        body = problem(error.status, error.message, code=error.code, hint=error.hint, request=request,
                       errors=[{"pointer": pointer, "detail": str(error.message), "code": error.code}])
        set_rollback()
        return Response(body, status=error.status, content_type=MEDIA_TYPE)
    if not isinstance(error, exceptions.APIException):
        return None
    status = error.status_code
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)
    if isinstance(error, exceptions.ValidationError):
        status = getattr(error, "as_status", 422)
        errors = flat(error.detail)
        body = problem(status, _("%(n)d value(s) were not accepted; nothing was saved.") % {"n": len(errors)}, code="invalid", errors=errors, request=request)
    else:
        body = problem(status, str(error.detail), code=error.get_codes() if isinstance(error.get_codes(), str) else "", request=request)
    set_rollback()
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def problem_response(request: HttpRequest, status: int, detail: str, *, hint: str = "") -> JsonResponse:
    """A problem answer outside DRF: unknown address, broken request, error of the server."""
    return JsonResponse(problem(status, detail, hint=hint, request=request), status=status, content_type=MEDIA_TYPE)
