"""What a person may choose for the whole suite: company and colours."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.web.context import THEMES


def back_to(request: HttpRequest) -> str:
    """Where the form came from, if that is on this site; else home."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else reverse("home")


@require_POST
@login_required
def theme(request: HttpRequest) -> HttpResponse:
    """Light or dark, kept in a cookie of this browser."""
    answer = HttpResponseRedirect(back_to(request))
    if (wanted := request.POST.get("theme")) in THEMES:
        answer.set_cookie("theme", wanted, max_age=31_536_000, samesite="Lax", httponly=True, secure=settings.SECURE)
    return answer


@require_POST
@login_required
def switch_company(request: HttpRequest) -> HttpResponse:
    """Works in another of the user's companies from now on. Another's company does not exist (404)."""
    wanted = request.POST.get("company", "")
    company = Company.objects.visible_to(request.user).filter(pk=wanted).first() if wanted.isdigit() else None
    if company is None:
        raise Http404(_("There is no such company, or it is not yours."))

    def act() -> None:
        request.user.company = company
        request.user.save(update_fields=["company"])

    in_unit_of_work(act, actor=request.user)
    messages.success(request, _("You now work in %(company)s.") % {"company": company})
    return HttpResponseRedirect(reverse("home"))
