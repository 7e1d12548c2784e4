"""The first page: what waits for whom."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from suite.access.roles import ROLES
from suite.resources.homes import Chart, cards_of, chart_option, homes_of


def _label(home: str) -> str:
    return next((str(role.label) for role in ROLES.values() if role.home == home), home)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The home of the user's role; whoever has several roles may choose (?home=finance)."""
    homes = homes_of(request.user)
    asked = request.GET.get("home", "")
    if asked and asked not in homes:
        raise Http404(_("You have no such home."))
    chosen = asked or (homes[0] if homes else "")
    cards = cards_of(chosen, request.user) if chosen else []
    hour = timezone.localtime().hour
    name = request.user.first_name or request.user.username
    greeting = (_("Good morning, %(name)s") if hour < 12 else _("Good afternoon, %(name)s") if hour < 18 else _("Good evening, %(name)s")) % {"name": name}
    return render(request, "generic/home.html", {
        "homes": [(key, _label(key)) for key in homes], "home": chosen, "cards": cards, "greeting": greeting, "today": timezone.localdate(),
        "has_charts": any(isinstance(made, Chart) for _item, made in cards),
    })


@login_required
def home_chart(request: HttpRequest, home: str, name: str) -> JsonResponse:
    """The ECharts option of one chart."""
    option = chart_option(home, name, request.user) if home in homes_of(request.user) else None
    if option is None:
        raise Http404(_("There is no such chart on your home."))
    return JsonResponse(option)
