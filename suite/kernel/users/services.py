"""Roles as groups, kept equal to the table in suite/access/roles.py after every migrate; the integration's own user."""

from django.contrib.auth.models import Group, Permission

from suite.access.roles import ROLES, permissions_of
from suite.kernel.users.models import User
from suite.kernel.users.service_user import SERVICE_USERNAME, forget_service_user


def sync_roles(**kwargs) -> None:
    """Makes each role of the table a group with exactly its permissions (receiver of post_migrate; safe to repeat)."""
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for name in ROLES:
        group, _made = Group.objects.get_or_create(name=name)
        wanted = {known[code].pk for code in permissions_of(name, list(known))}
        if wanted != set(group.permissions.values_list("pk", flat=True)):
            group.permissions.set(wanted)
    service, made = User.objects.get_or_create(
        username=SERVICE_USERNAME, defaults={"is_service": True, "first_name": "Integration", "is_active": True},
    )
    if made:
        service.set_unusable_password()
        service.save(update_fields=["password"])
    service.groups.set(Group.objects.filter(name="integration"))
    forget_service_user()
