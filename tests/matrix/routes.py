"""Every address of the suite with what it asks, found by walking the resolver: none is listed by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from suite.access.permissions import code
from suite.resources.api.permissions import ACTIONS
from suite.resources.reporting import ReportView
from suite.resources.resource import Resource

PAGE_ACTIONS = {
    "list": "view", "count": "view", "export": "view", "bulk": "view", "views": "view", "add": "add", "import": "add", "detail": "view", "note": "view",
    "attach": "view", "panel": "view", "print": "view", "change": "change", "delete": "delete",
}


@dataclass(frozen=True)
class Route:
    """One address. `kind`: page, api (generated from `resource`, or a report), console, or hand (written by hand)."""

    pattern: str
    name: str
    kind: str
    arguments: tuple[str, ...]
    resource: type[Resource] | None = None
    action: str = ""
    methods: tuple[str, ...] = ()
    needs: str = ""

    @property
    def permission(self) -> str:
        """The permission that opens it."""
        return self.needs or code(self.resource.model, self.action)

    @property
    def has_record(self) -> bool:
        return "pk" in self.arguments


def _walk(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for entry in resolver.url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, here, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield here, f"{namespace}{entry.name}", entry


def _report(callback: Any) -> type[ReportView] | None:
    for candidate in (getattr(callback, "view_class", None), getattr(getattr(callback, "cls", None), "page", None)):
        if isinstance(candidate, type) and issubclass(candidate, ReportView):
            return candidate
    return None


def _arguments(pattern: str) -> tuple[str, ...]:
    return tuple(re.findall(r"<(?:\w+:)?(\w+)>", pattern))


def routes() -> list[Route]:
    """All addresses, each once."""
    found = []
    for pattern, name, entry in _walk(get_resolver()):
        callback, arguments = entry.callback, _arguments(pattern)
        initial: dict[str, Any] = getattr(callback, "view_initkwargs", {}) or {}
        viewset = getattr(callback, "cls", None)
        resource = initial.get("resource") or getattr(viewset, "resource", None)
        if pattern.startswith("console/"):
            found.append(Route(pattern, name, "console", arguments))
        elif resource is not None and getattr(callback, "actions", None):
            for method, action in callback.actions.items():
                if method == "head":
                    continue
                wanted = ACTIONS.get(action) or getattr(viewset, "transition_names", {}).get(action, action)
                found.append(Route(pattern, name, "api", arguments, resource, wanted, (method.upper(),)))
        elif resource is not None and initial.get("resource") is not None:
            action = name.rpartition("_")[2]
            found.append(Route(pattern, name, "page", arguments, resource, PAGE_ACTIONS.get(action, action)))
        elif report := _report(callback):
            kind = "api" if pattern.startswith("api/") else "page"
            found.append(Route(pattern, name, kind, arguments, methods=("GET",), needs=report.permission))
        else:
            found.append(Route(pattern, name, "hand", arguments))
    return found


def address(route: Route, values: dict[str, Any]) -> str:
    """The address with its arguments filled in."""
    text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route.pattern)
    text = re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match.group(1)]), text)
    return "/" + re.sub(r"[\^$\\?]", "", text)
