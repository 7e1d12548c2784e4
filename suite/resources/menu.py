"""The left menu, by job: declared resources and hand-written pages; everybody sees only what they may open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from suite.access.permissions import code
from suite.resources.registry import resources

SECTIONS: dict[str, tuple[str, str]] = {
    "customers": (_("Customers"), "users-group"),
    "sales": (_("Sales"), "shopping-cart"),
    "receivables": (_("Receivables"), "file-invoice"),
    "payables": (_("Payables"), "file-dollar"),
    "bank": (_("Bank and cash"), "building-bank"),
    "books": (_("Books"), "report-money"),
    "closing": (_("Closing and tax"), "lock-check"),
    "inventory": (_("Inventory"), "packages"),
    "logistics": (_("Logistics"), "truck-delivery"),
    "people": (_("People"), "users"),
    "integration": (_("Operations"), "topology-star-3"),
    "settings": (_("Settings"), "settings"),
}

# Sub-headings of the long sections: (from this position on, heading). Daily work stands first and needs none.
GROUPS: dict[str, tuple[tuple[int, str], ...]] = {
    "receivables": ((20, _("Collecting")), (50, _("Reports")), (80, _("Set-up"))),
    "payables": ((50, _("Reports")), (80, _("Set-up"))),
    "bank": ((30, _("Forecast")), (80, _("Set-up"))),
    "books": ((20, _("Assets and budgets")), (50, _("Reports")), (80, _("Set-up"))),
    "closing": ((20, _("By the calendar")), (48, _("Tax and compliance")), (80, _("Set-up"))),
    "inventory": ((20, _("Stock")), (40, _("Stock work")), (60, _("Places")), (80, _("Stock reports"))),
    "integration": ((20, _("For administrators")),),
    "settings": ((20, _("Money and terms")), (35, _("Units, sites, calendars"))),
}


@dataclass(frozen=True)
class Entry:
    """A place in the menu. `permission` is a code like "crm.view_order"; "" is open to all who signed in."""

    section: str
    position: int
    label: str
    url_name: str
    permission: str
    icon: str
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) + (f"?{self.query}" if self.query else "")


_entries: dict[tuple[str, str], Entry] = {}


def entry(section: str, position: int, label: str, url_name: str, permission: str, icon: str, *, query: str = "") -> None:
    """Put a hand-written page (or a list with a filter: `query`) into the menu. Raises ValueError for an unknown section."""
    if section not in SECTIONS:
        raise ValueError(f"{section} is no section of the menu: {', '.join(SECTIONS)}")
    _entries[url_name, query] = Entry(section, position, label, url_name, permission, icon, query)


def entries() -> list[Entry]:
    """Every entry in order."""
    made = [
        Entry(r.menu[0], r.menu[1], r.model._meta.verbose_name_plural, f"{r.app()}:{r.name()}_list", code(r.model, "view"), r.icon)
        for r in resources() if r.menu
    ]
    order = list(SECTIONS)
    return sorted([*made, *_entries.values()], key=lambda e: (order.index(e.section), e.position))


def filtered_entry(url_name: str, given: Mapping[str, str]) -> Entry | None:
    """The hand-made entry that stands for a list under these filters, as "Customers" does for parties with is_customer=true."""
    for item in _entries.values():
        wanted = dict(parse_qsl(item.query))
        if wanted and item.url_name == url_name and all(given.get(name) == value for name, value in wanted.items()):
            return item
    return None


def heading_of(item: Entry) -> str:
    """The sub-heading that an entry stands under; "" for daily work."""
    return next((label for start, label in reversed(GROUPS.get(item.section, ())) if item.position >= start), "")


def menu_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Sections with the entries the user may open; the one that leads to `path` is marked."""
    found: dict[str, dict[str, Any]] = {}
    best: dict[str, Any] | None = None
    for item in entries():
        if item.permission and not user.has_perm(item.permission):
            continue
        try:
            url = item.url
        except NoReverseMatch:
            continue
        label, icon = SECTIONS[item.section]
        section = found.setdefault(item.section, {"key": item.section, "label": label, "icon": icon, "entries": [], "is_open": False})
        shown = {"label": item.label, "url": url, "icon": item.icon, "is_active": False, "heading": heading_of(item)}
        section["entries"].append(shown)
        here = url.partition("?")[0]
        if path.startswith(here) and (best is None or len(here) > len(best["url"].partition("?")[0])):
            best = shown
    for section in found.values():
        section["is_open"] = any(item is best for item in section["entries"])
    if best is not None:
        best["is_active"] = True
    return list(found.values())
