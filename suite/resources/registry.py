"""Every declared resource, by model."""

from typing import Any

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from suite.access.permissions import may
from suite.resources.resource import Resource

_resources: dict[type[Model], type[Resource]] = {}


def register(resource: type[Resource]) -> type[Resource]:
    """Class decorator: the model gets pages, API, console, import, export, menu and search. Raises ValueError on a second one."""
    if resource.model in _resources:
        raise ValueError(f"{resource.model.__name__} is registered twice")
    _resources[resource.model] = resource
    return resource


def unregister(model: type[Model]) -> None:
    """Forget a resource (tests that declare their own)."""
    _resources.pop(model, None)


def resources() -> list[type[Resource]]:
    """All resources in order of declaration."""
    return list(_resources.values())


def resource_of(model: type[Model]) -> type[Resource] | None:
    """The resource of a model, or None where it has no pages."""
    return _resources.get(model)


def resource_named(key: str) -> type[Resource] | None:
    """The resource called "crm.order", or None."""
    return next((resource for resource in _resources.values() if resource.key() == key), None)


def record_named(user: Any, key: str, pk: int) -> Model:
    """The record "erp.supplierbill", 42 that the user may see. Raises Http404 for everything else."""
    resource = resource_named(key)
    found = resource.rows(user).filter(pk=pk).first() if resource and may(user, resource.model, "view") else None
    if found is None:
        raise Http404(_("There is no such record."))
    return found
