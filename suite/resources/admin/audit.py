"""The audit trail, to be read only."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from suite.access.permissions import may
from suite.kernel.audit.models import AuditEvent, RowChange, StatusChange


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
    list_display = ("at", "kind", "actor", "subject", "address")
    list_filter = ("kind",)
    list_select_related = ("actor",)


@admin.register(StatusChange)
class StatusChangeAdmin(TrailAdmin):
    list_display = ("at", "content_type", "object_id", "action", "before", "after", "actor")
    list_select_related = ("actor", "content_type")


@admin.register(RowChange)
class RowChangeAdmin(TrailAdmin):
    list_display = ("at", "table_name", "row_id", "operation", "actor_id")
    list_filter = ("operation",)
