"""The audit trail, to be read only, in words; the code is shown where one points at them."""

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Trim
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from suite.access.permissions import may
from suite.kernel.audit.models import AuditEvent, RowChange, StatusChange
from suite.kernel.documents.transitions import transitions_of
from suite.kernel.users.models import User
from suite.resources.registry import resource_of

KINDS = {
    "sign_in": _("Signed in"), "sign_out": _("Signed out"), "sign_in_failed": _("Sign-in failed"), "denied": _("Refused"), "export": _("Exported"),
    "read": _("Sensitive data read"),
}
OPERATIONS = {"INSERT": _("Added"), "UPDATE": _("Changed"), "DELETE": _("Deleted")}


def _said(words: Any, code: str) -> SafeString:
    return format_html('<span title="{}">{}</span>', code, words)


@lru_cache(maxsize=1)
def _tables() -> dict[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


class _InWords(admin.SimpleListFilter):
    """A filter over a column of codes that offers words."""

    words: dict[str, Any] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(self.words.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class KindFilter(_InWords):
    title, parameter_name, words = _("kind"), "kind", KINDS


class OperationFilter(_InWords):
    title, parameter_name, words = _("operation"), "operation", OPERATIONS


class TrailAdmin(ModelAdmin):
    """Rows of one's own company, newest first; nothing can be changed."""

    list_per_page = 50
    show_full_result_count = False
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return self.model.objects.visible_to(request.user).order_by("-id")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(request.user, self.model, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditEvent)
class AuditEventAdmin(TrailAdmin):
    list_display = ("at", "what", "actor", "subject", "address")
    list_filter = (KindFilter,)
    list_select_related = ("actor",)

    @admin.display(description=_("kind"), ordering="kind")
    def what(self, event: AuditEvent) -> SafeString:
        return _said(KINDS.get(event.kind, event.kind), event.kind)


@admin.register(StatusChange)
class StatusChangeAdmin(TrailAdmin):
    list_display = ("at", "document", "what", "was", "became", "actor", "reason")
    list_select_related = ("actor", "content_type")

    @admin.display(description=_("document"))
    def document(self, change: StatusChange) -> SafeString:
        model = change.content_type.model_class()
        resource, name = resource_of(model) if model else None, f"{change.content_type.name} {change.object_id}"
        return format_html('<a href="{}{}/">{}</a>', resource.list_url(), change.object_id, capfirst(name)) if resource else name

    @admin.display(description=_("action"), ordering="action")
    def what(self, change: StatusChange) -> SafeString:
        model = change.content_type.model_class()
        step = transitions_of(model).get(change.action) if model else None
        return _said(step.label if step else change.action, change.action)

    @admin.display(description=_("before"), ordering="before")
    def was(self, change: StatusChange) -> SafeString:
        return self._status(change, change.before)

    @admin.display(description=_("after"), ordering="after")
    def became(self, change: StatusChange) -> SafeString:
        return self._status(change, change.after)

    def _status(self, change: StatusChange, code: str) -> SafeString:
        model = change.content_type.model_class()
        field = next((one for one in model._meta.concrete_fields if one.name == "status"), None) if model else None
        return _said(dict(field.flatchoices).get(code, code) if field else code, code)


@admin.register(RowChange)
class RowChangeAdmin(TrailAdmin):
    list_display = ("at", "kind", "row_id", "what", "who")
    list_filter = (OperationFilter,)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        # Colleagues by name; who wrote is kept as a bare number, as the database itself wrote it.
        name = User.objects.filter(pk=OuterRef("actor_id")).annotate(whole=Trim(Concat("first_name", Value(" "), "last_name"))).values("whole")[:1]
        return super().get_queryset(request).annotate(actor_name=Subquery(name))

    @admin.display(description=_("kind of row"), ordering="table_name")
    def kind(self, change: RowChange) -> SafeString:
        model = _tables().get(change.table_name)
        return _said(capfirst(model._meta.verbose_name) if model else change.table_name, change.table_name)

    @admin.display(description=_("operation"), ordering="operation")
    def what(self, change: RowChange) -> SafeString:
        return _said(OPERATIONS.get(change.operation, change.operation), change.operation)

    @admin.display(description=_("by"), ordering="actor_id")
    def who(self, change: RowChange) -> str:
        return change.actor_name or "–"
