"""The console's pages of every resource: set-up and master data may be edited, documents and books are read-only."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from suite.access.permissions import may
from suite.kernel.documents.editing import delete_record, save_record
from suite.kernel.documents.models import Document
from suite.resources.display import as_text
from suite.resources.fields import joins_of, label_of, shown
from suite.resources.registry import resources
from suite.resources.resource import Resource


def is_read_only(model: type[Model]) -> bool:
    """Books, stock and documents are written by transitions and services alone."""
    fixed = getattr(model, "append_only", False) or getattr(model, "machine_kept", False) or hasattr(model, "database_privileges")
    return bool(fixed or issubclass(model, Document))


class ResourceAdmin(ModelAdmin):
    """The console obeys the same policy as the pages: the same permissions, the same rows, the same way of saving."""

    resource: type[Resource] = None
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return self.model.objects.visible_to(request.user).order_by(*self.model._meta.ordering or ("-pk",))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, self.model, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._is_writable() and may(request.user, self.model, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_writable() and may(request.user, self.model, "change")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_writable() and may(request.user, self.model, "delete")

    def _is_writable(self) -> bool:
        return bool(self.resource.form_fields) and not self.resource.lines and not is_read_only(self.model)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type:
        made = super().get_form(request, obj, change, **kwargs)
        for field in made.base_fields.values():
            queryset = getattr(field, "queryset", None)
            if queryset is not None and hasattr(queryset.model.objects, "visible_to"):
                field.queryset = queryset.model.objects.visible_to(request.user)
        return made

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        save_record(obj, actor=request.user)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        delete_record(obj, actor=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        for record in queryset:
            delete_record(record, actor=request.user)


def _display(model: type[Model], path: str) -> Any:
    """Numbers look as on the pages; everything else the console shows by itself."""
    item = shown(model, path)
    if not item.is_numeric:
        return path

    @admin.display(description=label_of(model, path), ordering=path)
    def column(record: Model) -> str:
        return as_text(item.value(record), item, record)

    column.__name__ = path
    return column


def admin_class(resource: type[Resource]) -> type[ResourceAdmin]:
    """A console class from a declaration."""
    columns = tuple(_display(resource.model, path) for path in resource.columns if "__" not in path)
    body: dict[str, Any] = {
        "resource": resource, "list_display": columns or ("__str__",),
        "list_select_related": joins_of(resource.model, tuple(path for path in resource.columns if "__" not in path)) or False,
        "list_filter": tuple(path for path in resource.filters if "__" not in path and shown(resource.model, path).kind in {"status", "choice", "bool"}),
        "search_fields": resource.search,
    }
    if resource.form_fields:
        body["fields"] = resource.form_fields
    return type(f"{resource.model.__name__}Admin", (ResourceAdmin,), body)


def register_all() -> None:
    """Puts every declared resource on the console."""
    for declared in resources():
        if not admin.site.is_registered(declared.model):
            admin.site.register(declared.model, admin_class(declared))
