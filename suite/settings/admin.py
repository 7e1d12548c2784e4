"""The console's looks: Tabler's blue (500 lighter: links by night are written in it), and its places grouped by job."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

BLUE = {
    "50": "240 247 254", "100": "221 237 252", "200": "186 218 249", "300": "130 188 243", "400": "66 151 233", "500": "56 143 229",
    "600": "5 98 186", "700": "5 80 152", "800": "7 67 126", "900": "11 56 104", "950": "8 36 69",
}
ACCOUNTS = [
    {"title": _("Users"), "icon": "person", "link": reverse_lazy("admin:kernel_user_changelist"),
     "description": _("Who signs in, with which roles, on which company")},
    {"title": _("Roles"), "icon": "shield_person", "link": reverse_lazy("admin:auth_group_changelist"),
     "description": _("What each role may do; kept equal to the table in code")},
    {"title": _("Companies"), "icon": "domain", "link": reverse_lazy("admin:kernel_company_changelist"),
     "description": _("Address, currency, policies of invoicing, tax rounding and cost")},
    {"title": _("Locked sign-ins"), "icon": "lock", "link": reverse_lazy("admin:axes_accessattempt_changelist"),
     "description": _("Names shut out after too many wrong passwords; deleting a row lets them try again at once")},
]


def navigation(request: Any) -> list[dict]:
    """The console's menu: accounts first, then every declared resource under its job."""
    from django.contrib import admin  # noqa: PLC0415 - settings load before the apps

    from suite.resources.menu import SECTIONS  # noqa: PLC0415
    from suite.resources.registry import resources  # noqa: PLC0415

    groups: dict[str, list[dict]] = {}
    for resource in sorted(resources(), key=lambda item: item.menu[1] if item.menu else 99):
        section = resource.menu[0] if resource.menu else "settings"
        if admin.site.is_registered(resource.model) and request.user.has_perm(f"{resource.app()}.view_{resource.name()}"):
            link = reverse_lazy(f"admin:{resource.app()}_{resource.name()}_changelist")
            groups.setdefault(section, []).append({
                "title": capfirst(resource.model._meta.verbose_name_plural), "icon": "table_rows", "link": link,
                "description": resource.empty_hint if resource.form_fields else "",
            })
    found = [{"title": _("Accounts"), "items": ACCOUNTS}] if request.user.has_perm("kernel.view_user") else []
    trail = [
        (_("Events"), "auditevent", _("Sign-ins, refusals, exports")), (_("Status changes"), "statuschange", _("What was done to documents, by whom and why")),
        (_("Row changes"), "rowchange", _("Every change of a row, written by the database itself")),
    ]
    if request.user.has_perm("kernel.view_auditevent"):
        items = [
            {"title": title, "icon": "history", "link": reverse_lazy(f"admin:kernel_{name}_changelist"), "description": words} for title, name, words in trail
        ]
        found.append({"title": _("Audit"), "collapsible": True, "items": items})
    return [*found, *({"title": label, "collapsible": True, "items": groups[key]} for key, (label, _icon) in SECTIONS.items() if key in groups)]


UNFOLD = {
    "SITE_TITLE": _("Suite console"),
    "SITE_HEADER": _("Suite console"),
    "SITE_SUBHEADER": _("Set-up and master data"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "hexagon",
    "SHOW_HISTORY": False,
    "COLORS": {"primary": BLUE},
    "BORDER_RADIUS": "6px",
    "STYLES": [lambda request: static("css/console.css")],
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": navigation},
}
