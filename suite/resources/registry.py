"""Every declared resource, by model."""

from django.db.models import Model

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
