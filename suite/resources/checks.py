"""Start-up checks: every name in every declaration leads somewhere, and every page has its permission."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.checks import Error, register
from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string

from suite.kernel.documents.models import Document
from suite.kernel.documents.transitions import transitions_of
from suite.resources.api.typed import UnknownType, action_serializer
from suite.resources.fields import UnknownName, leads_to_many, shown
from suite.resources.menu import SECTIONS
from suite.resources.registry import resource_named, resources
from suite.resources.resource import Resource


def _names(resource: type[Resource]) -> Iterator[tuple[str, str, Any]]:
    """(attribute, declared name, model that must have it)."""
    sectioned = [name for _title, names in resource.sections for name in names]
    groups = {
        "columns": resource.columns, "filters": resource.filters, "totals": resource.totals, "sections": sectioned,
        "ordering": [name.lstrip("-") for name in resource.ordering], "import_key": [resource.import_key, *resource.import_with] if resource.import_key else [],
    }
    for attribute, names in groups.items():
        for name in names:
            yield attribute, name, resource.model
    for lines in resource.lines:
        for name in (lines.parent, *lines.columns):
            yield "lines", name, lines.model


def _problems(resource: type[Resource]) -> Iterator[str]:
    for attribute, name, model in _names(resource):
        try:
            shown(model, name)
        except UnknownName as error:
            yield f"{attribute}: {error}"
    for name in resource.search:
        try:
            leads_to_many(resource.model, name)
        except UnknownName as error:
            yield f"search: {error}"
    for owner, names in ((resource.model, resource.form_fields), *((lines.model, lines.fields) for lines in resource.lines)):
        for name in names:
            try:
                if not owner._meta.get_field(name).editable:
                    yield f"{owner.__name__}.{name} is not editable, it cannot be typed"
            except FieldDoesNotExist:
                yield f"{owner.__name__} has no field {name}"
    if resource.menu and resource.menu[0] not in SECTIONS:
        yield f"menu: there is no section {resource.menu[0]}"
    if not hasattr(resource.model.objects, "visible_to"):
        yield "the model's manager has no visible_to: rows could not be scoped"
    for key, parent in resource.related:
        other = resource_named(key)
        if other is not None:
            try:
                other.model._meta.get_field(parent)
            except FieldDoesNotExist:
                yield f"related: {key} has no field {parent}"
    yield from _actions(resource)


def _actions(resource: type[Resource]) -> Iterator[str]:
    steps = transitions_of(resource.model)
    declared = {codename for codename, _name in resource.model._meta.permissions}
    for name, path in resource.actions_form.items():
        if name not in steps:
            yield f"actions_form: there is no transition {name}"
        try:
            import_string(path)
        except ImportError as error:
            yield f"actions_form: {error}"
    for _slug, _label, path in resource.printouts:
        try:
            import_string(path)
        except ImportError as error:
            yield f"printouts: {error}"
    for step in steps.values():
        if step.permission.split(".")[1] not in declared:
            yield f"transition {step.name}: the permission {step.permission} is not in Meta.permissions"
        try:
            action_serializer(step)
        except UnknownType as error:
            yield f"transition {step.name}: {error}"
    if issubclass(resource.model, Document) and not resource.columns:
        yield "a document's list needs columns"


@register
def check_resources(app_configs: Any, **kwargs: Any) -> Iterable[Error]:
    """One error per name that leads nowhere."""
    return [
        Error(problem, obj=resource, id="resources.E001", hint="Correct the declaration in resources.py.")
        for resource in resources() for problem in _problems(resource)
    ]
