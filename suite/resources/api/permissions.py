"""Who may call which endpoint: the same permissions as the pages, narrowed by the token's scopes."""

from typing import Any

from rest_framework.permissions import BasePermission

from suite.access.permissions import may

ACTIONS = {
    "list": "view", "retrieve": "view", "create": "add", "bulk": "add", "update": "change", "partial_update": "change", "destroy": "delete",
    "metadata": "view",
}
SAFE = ("GET", "HEAD", "OPTIONS")


def scope_allows(scopes: list[str], app: str, method: str) -> bool:
    """Whether a token's scopes ("crm:read", "*:write") admit a request on an app. Writing includes reading."""
    wanted = {"read", "write"} if method in SAFE else {"write"}
    return any(scope.partition(":")[0] in {app, "*"} and scope.partition(":")[2] in wanted for scope in scopes)


class TokenScope(BasePermission):
    """A token reaches only the apps in its scopes; a session reaches what its user may."""

    message = "The token's scopes do not include this."

    def has_permission(self, request: Any, view: Any) -> bool:
        scopes = getattr(request.auth, "scopes", None)
        if scopes is None:
            return True
        resource = getattr(view, "resource", None)
        app = resource.app() if resource else getattr(view, "app", request.path.split("/")[3] if request.path.startswith("/api/v1/") else "*")
        return scope_allows(scopes, app, request.method)


class MayDo(BasePermission):
    """The Django permission that the action needs, viewing included."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if view.action is None:
            return True
        action = ACTIONS.get(view.action) or getattr(view, "transition_names", {}).get(view.action, view.action)
        return may(request.user, view.resource.model, action)
