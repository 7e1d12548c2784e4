"""What every generated page asks first: who, what, which rows."""

from typing import Any
from uuid import uuid4

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from suite.access.permissions import may
from suite.resources.resource import Resource


class ResourceView(TemplateView):
    """A page of a resource. Anonymous: to sign-in. Without the permission: 403. Outside the scope: 404."""

    resource: type[Resource] = None
    action = "view"
    page = "list"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may(request.user, self.resource.model, self.permission_action()):
            raise PermissionDenied(_("Your roles do not include this for %(name)s.") % {"name": self.resource.label_plural()})
        return super().dispatch(request, *args, **kwargs)

    def permission_action(self) -> str:
        return self.action

    def rows(self) -> QuerySet:
        """The rows this page may touch."""
        return self.resource.rows(self.request.user, self.action)

    def record(self, *joins: str) -> Model:
        """The record of the address. Raises Http404 outside the user's scope."""
        rows = self.rows()
        found = rows.select_related(*joins).filter(pk=self.kwargs["pk"]).first() if joins else rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such %(name)s, or it is not yours to see.") % {"name": self.resource.label()})
        return found

    def get_template_names(self) -> list[str]:
        model = self.resource.model
        parts = model.__module__.split(".")
        app = parts.index("kernel") if "kernel" in parts else 0
        domain = parts[app + 1] if len(parts) > app + 1 else ""
        return [f"{self.resource.app()}/{domain}/{self.resource.name()}_{self.page}.html", f"generic/{self.page}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, model = self.request.user, self.resource.model
        return super().get_context_data(
            resource=self.resource, label=self.resource.label(), label_plural=self.resource.label_plural(), list_url=self.resource.list_url(),
            may_add=self.resource.is_editable() and may(user, model, "add"), token=uuid4().hex, **kwargs,
        )


def parameters(request: HttpRequest, *drop: str, **more: Any) -> str:
    """The query string of the request without some parameters and with others."""
    query = request.GET.copy()
    for name in drop:
        query.pop(name, None)
    for name, value in more.items():
        query[name] = value
    return query.urlencode()
