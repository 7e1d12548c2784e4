"""A viewset for a declaration, with an endpoint per transition."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from suite.kernel.documents.transitions import Transition, transitions_of
from suite.resources.api.serializers import serializer_class
from suite.resources.api.typed import action_serializer
from suite.resources.api.viewsets import IDEMPOTENCY, IF_MATCH, ReadViewSet, ResourceViewSet
from suite.resources.resource import Resource


def _endpoint(step: Transition, record_serializer: type) -> Callable:
    serializer = action_serializer(step)

    def run(self: ReadViewSet, request: Any, pk: str) -> Response:
        document = self.get_object()
        version = self.expected(document)
        asked = serializer(data=request.data or {}, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        key = request.headers.get("Idempotency-Key")
        done = step.run(document, actor=request.user, key=f"api:{key}"[:255] if key else None, expected_version=version, **asked.validated_data)
        return self.answer(self.saved(done.pk))

    run.__name__ = f"do_{step.name}"
    run.__doc__ = str(step.label)
    described = extend_schema(parameters=[IDEMPOTENCY, IF_MATCH], request=serializer, responses=record_serializer)(run)
    return action(detail=True, methods=["post"], url_path=step.name, url_name=step.name.replace("_", "-"), pagination_class=None)(described)


def viewset_class(resource: type[Resource]) -> type[ReadViewSet]:
    """The declared viewset, or one with an endpoint per transition."""
    if resource.viewset_class:
        return resource.viewset_class
    name = resource.model.__name__
    body: dict[str, Any] = {"resource": resource, "__doc__": resource.label_plural(), "lookup_value_regex": "[A-Za-z0-9]+"}
    record_serializer = serializer_class(resource)
    steps = transitions_of(resource.model)
    for step in steps.values():
        body[f"do_{step.name}"] = _endpoint(step, record_serializer)
    body["transition_names"] = {f"do_{step}": step for step in steps}
    base = ResourceViewSet if resource.is_editable() else ReadViewSet
    return type(f"{name}ViewSet", (base,), body)
