"""Panels: what other suites show on a record's page. Attached to the model, so no declaration names another app."""

from collections import defaultdict
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString


class Panel:
    """A card on a record's page. Subclasses say title, template, permission, and answer `context`; None from it hides the card.

    With `poll` set, the card loads itself again every second until `is_settled` says that nothing more will come.
    """

    title = ""
    icon = "layout-sidebar-right"
    template = "parts/_panel_rows.html"
    permission = ""
    position = 50
    is_wide = False
    poll = False

    def __init__(self, record: Model, request: HttpRequest) -> None:
        self.record, self.request, self.user = record, request, request.user

    def context(self) -> dict[str, Any] | None:
        """What the template needs. The stock template shows `rows` (label, value, url, badge, colour) and `more_url`."""
        return {}

    def is_settled(self) -> bool:
        """Whether everything under way for the record has arrived."""
        return True

    @property
    def slug(self) -> str:
        return type(self).__name__.lower()

    def render(self) -> SafeString | None:
        """The inside of the card, or None where there is nothing to show."""
        if self.permission and not self.user.has_perm(self.permission):
            return None
        context = self.context()
        if context is None:
            return None
        return render_to_string(self.template, {"panel": self, "record": self.record, **context}, request=self.request)


_panels: dict[type[Model], list[type[Panel]]] = defaultdict(list)


def attach(model: type[Model], panel: type[Panel]) -> None:
    """Show the panel on every record of the model, in order of `position`."""
    if panel not in _panels[model]:
        _panels[model].append(panel)
        _panels[model].sort(key=lambda item: item.position)


def panels_of(model: type[Model]) -> list[type[Panel]]:
    return list(_panels[model])


def panel_named(model: type[Model], slug: str) -> type[Panel] | None:
    return next((panel for panel in _panels[model] if panel.__name__.lower() == slug), None)
