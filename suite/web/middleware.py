"""What happens around every request: an id and a trace, headers, session rules, and refusals as pages or problems."""

import re
import time
from collections.abc import Callable
from secrets import token_hex

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import Error, IntegrityError, InternalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.work import tracing
from suite.resources.api.problems import problem_response
from suite.resources.violations import refusal_of
from suite.web.errors import refused

log = structlog.get_logger("suite.request")
TRACE_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
CONSOLE = "/console/"
QUIET = ("/healthz", "/readyz", "/metrics", "/static/")
Handler = Callable[[HttpRequest], HttpResponse]


class RequestContext:
    """Gives the request an id and a W3C trace, for logs, audit and everything that it sets in motion."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
        trace = given.group(1) if given and set(given.group(1)) != {"0"} else token_hex(16)
        asked = request.headers.get("X-Request-ID", "")
        request.request_id = asked if REQUEST_ID.fullmatch(asked) else token_hex(10)
        started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id, trace_id=trace)
        with tracing(f"00-{trace}-{token_hex(8)}-01"):
            response = self.get_response(request)
        response["X-Request-ID"] = request.request_id
        if not request.path.startswith(QUIET):
            log.info(
                "request", method=request.method, path=request.path, status=response.status_code,
                milliseconds=round(1000 * (time.perf_counter() - started), 1),
            )
        structlog.contextvars.clear_contextvars()
        return response


class SecurityHeaders(CSPMiddleware):
    """The content security policy and the other headers of every answer. Only the console's path is allowed more (django-unfold)."""

    PERMISSIONS = (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
        "microphone=(), midi=(), payment=(), usb=()"
    )

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(CONSOLE):
            response._csp_update = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}
        response = super().process_response(request, response)
        response.headers.setdefault("Permissions-Policy", self.PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class SessionRules:
    """Ends sessions that idle too long or have lasted a working day; gives the user a company to work in."""

    STEP = 60

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if ended := self._reason(request):
            logout(request)
            if request.path.startswith("/api/"):
                return problem_response(request, 401, ended)
            messages.info(request, ended)
            return HttpResponseRedirect(f"{reverse('login')}?next={request.path}")
        structlog.contextvars.bind_contextvars(user=user.pk, company=user.company_id)
        return self.get_response(request)

    def _reason(self, request: HttpRequest) -> str:
        now, session = int(time.time()), request.session
        started = session.setdefault("started_at", now)
        seen = session.get("seen_at", now)
        idle = settings.SESSION_IDLE_SECONDS_ADMIN if request.path.startswith(CONSOLE) else settings.SESSION_IDLE_SECONDS
        if now - started > settings.SESSION_ABSOLUTE_SECONDS:
            return _("You were signed out after a long day; sign in again. Unsaved forms are kept on this computer.")
        if now - seen > idle:
            return _("You were signed out because nothing happened for a while; sign in again. Unsaved forms are kept on this computer.")
        if now - session.get("seen_at", 0) > self.STEP:
            session["seen_at"] = now
            session["address"] = request.META.get("REMOTE_ADDR", "")
        return ""


class BusinessErrors:
    """Refusals of rules and of the database become a page, or a problem for programs; never a 500."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, IntegrityError) or (isinstance(error, InternalError | Error) and getattr(error.__cause__, "pgcode", "") == "P0001"):
            error = refusal_of(error)
        if not isinstance(error, BusinessError):
            return None
        if request.path.startswith("/api/"):
            return problem_response(request, error.status, str(error.message), hint=str(error.hint))
        return refused(request, error)

