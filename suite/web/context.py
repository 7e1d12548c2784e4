"""What the shell of every page needs."""

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from suite.access.roles import ROLES
from suite.kernel.companies.models import Company
from suite.resources.menu import menu_for

THEMES = ("light", "dark")


def theme_of(request: HttpRequest) -> str:
    """Light or dark, from the cookie that the switch sets."""
    asked = request.COOKIES.get("theme", "light")
    return asked if asked in THEMES else "light"


def role_label(user: Any) -> str:
    """The name of a user's first role, as shown under the name."""
    names = set(user.groups.values_list("name", flat=True))
    return next((str(role.label) for name, role in ROLES.items() if name in names), "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Menu, companies and colours; read only when a template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": theme_of(request)}
    try:
        worklist_url = reverse("integration:worklist") if user.has_perm("integration.view_event") else ""
    except NoReverseMatch:
        worklist_url = ""
    return {
        "theme": theme_of(request), "home_url": reverse("home"), "worklist_url": worklist_url,
        "menu": SimpleLazyObject(lambda: menu_for(user, request.path)), "role_label": SimpleLazyObject(lambda: role_label(user)),
        "companies": SimpleLazyObject(lambda: list(Company.objects.visible_to(user).distinct().order_by("code"))),
    }
