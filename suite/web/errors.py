"""Error pages: what happened, what was not done, what to do next. The request's id is on each, to find it in the logs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from suite.kernel.audit.services import record_event
from suite.kernel.documents.errors import BusinessError
from suite.resources.api.problems import problem_response


def _answer(request: HttpRequest, status: int, title: str, text: str, hint: str = "") -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem_response(request, status, text, hint=hint)
    context = {"status": status, "title": title, "text": text, "hint": hint, "request_id": getattr(request, "request_id", "")}
    template = "errors/fragment.html" if request.headers.get("HX-Request") else "errors/error.html"
    return render(request, template, context, status=status)


def refused(request: HttpRequest, error: BusinessError) -> HttpResponse:
    """A rule said no."""
    titles = {400: _("This address asks for something that does not exist"), 409: _("Not in this state")}
    return _answer(request, error.status, titles.get(error.status, _("Not accepted")), str(error.message), str(error.hint))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, _("The request could not be read"), _("What your browser sent could not be understood; nothing was done."),
                   _("Go back, load the page again and repeat."))


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if request.user.is_authenticated:
        record_event("denied", actor=request.user, subject=request.path[:120], request=request)
    text = str(exception) if exception and " " in str(exception) else _("Your roles do not include this.")
    return _answer(request, 403, _("Not allowed"), f"{text} {_('Nothing was done.')}", _("Ask an administrator for the role if you need it for your work."))


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception) if exception else ""
    text = said if " " in said and "tried" not in said else _("There is nothing at this address, or it is not yours to see.")
    return _answer(request, 404, _("Not found"), text, _("Check the address, or search for what you need."))


def broken(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, _("Something broke"), _("An unforeseen error stopped this; whatever was being written was taken back."),
                   _("Try again. If it stays, tell your administrator the number below."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _answer(request, 403, _("The form is too old"), _("This form was opened before you last signed in, or in another browser; nothing was done."),
                   _("Go back, load the page again and repeat. What you typed is kept as a draft on this computer."))
