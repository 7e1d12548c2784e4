"""Users and roles. Only a superuser makes superusers; roles themselves are read from the table in suite/access/roles.py."""

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultiple

from suite.access.permissions import may
from suite.kernel.companies.models import Company
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.models import User

admin.site.unregister(Group)


@admin.register(User)
class AccountAdmin(UserAdmin, ModelAdmin):
    """Colleagues, their roles and companies."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "first_name", "last_name", "company", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("username", "first_name", "last_name", "email")
    list_select_related = ("company",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Work"), {"fields": ("company", "companies", "groups", "is_active", "is_staff", "is_superuser"),
                     "description": _("A role says what somebody may do; the company, on whose rows. “Staff” opens this console.")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return User.objects.visible_to(request.user).filter(is_service=False)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if request.user.is_superuser else (*self.readonly_fields, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if field.name in {"company", "companies"}:
            kwargs["queryset"] = Company.objects.visible_to(request.user).distinct()
        if field.name in {"groups", "companies"}:
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultiple  # Django's two boxes cannot be read aloud, and few are chosen among few
        return super().formfield_for_dbfield(field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if obj.company_id is None:
            obj.company_id = request.user.company_id
        in_unit_of_work(obj.save, actor=request.user)


@admin.register(Group)
class RoleAdmin(ModelAdmin):
    """What each role may do; kept equal to the table in code after every migrate, so read-only."""

    list_display = ("name",)
    filter_horizontal = ("permissions",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, User, "view")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AccessAttempt)
class LockedOutAdmin(ModelAdmin):
    """Names that failed to sign in lately. Deleting a row lets its owner try again at once."""

    list_display = ("attempt_time", "username", "ip_address", "failures_since_start")
    search_fields = ("username", "ip_address")
    ordering = ("-attempt_time",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        known = User.objects.visible_to(request.user).values("username")
        return super().get_queryset(request).filter(username__in=known)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, User, "view")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, User, "change")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
