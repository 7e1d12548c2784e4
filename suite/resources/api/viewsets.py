"""Endpoints made from declarations. What is written goes through `save_record` and the transitions, as on the pages."""

import json
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Model, ProtectedError, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status as http
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from suite.kernel.audit.services import record_reading
from suite.kernel.documents.editing import delete_record, save_record
from suite.kernel.documents.errors import BusinessError, Refusal, StaleVersion
from suite.kernel.documents.idempotency import once
from suite.kernel.documents.work import in_unit_of_work
from suite.resources.api.paging import CursorPages
from suite.resources.api.permissions import MayDo, TokenScope
from suite.resources.api.problems import PreconditionFailed
from suite.resources.api.serializers import detail_fields, list_serializer_class, serializer_class
from suite.resources.fields import joins_of, shown
from suite.resources.filters import filterset_class
from suite.resources.paging import BadRequest, Keyset
from suite.resources.resource import Resource

BULK_LIMIT = 500
IDEMPOTENCY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key does the thing once.")
IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="The ETag last seen; 412 when the record changed since.")


class ReadViewSet(GenericViewSet):
    """List and read, of the caller's rows only; transitions where the model has some."""

    resource: type[Resource] = None
    permission_classes = [TokenScope, MayDo]
    pagination_class = CursorPages
    transition_names: dict[str, str] = {}

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return self.resource.model.objects.none()
        names = {**dict.fromkeys(("list", "retrieve"), "view"), "destroy": "delete"}
        wanted = self.transition_names.get(self.action) or names.get(self.action, "change")
        joins = joins_of(self.resource.model, (), self.resource.select_related)
        rows = self.resource.rows(self.request.user, wanted)
        return rows.select_related(*joins) if joins else rows

    def get_serializer_class(self) -> type:
        return list_serializer_class(self.resource) if self.action == "list" else serializer_class(self.resource)

    def keyset(self) -> Keyset:
        allowed = tuple(path for path in detail_fields(self.resource) if shown(self.resource.model, path).is_sortable)
        return Keyset.of_request(self.resource.model, self.request.query_params.get("ordering", ""), self.resource.ordering, allowed)

    def get_object(self) -> Model:
        try:
            found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        except (ValueError, OverflowError):
            found = None
        if found is None:
            raise NotFound(f"There is no such {self.resource.label()}.")
        return found

    def list(self, request: Any) -> Response:
        filterset = filterset_class(self.resource)(request.query_params, queryset=self.get_queryset(), request=request, user=request.user)
        filterset.refuse_unknown(request.query_params)
        rows = self.paginate_queryset(filterset.strictly())
        self._record_reading(rows)
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def retrieve(self, request: Any, pk: str) -> Response:
        record = self.get_object()
        self._record_reading([record])
        answer = self.answer(record)
        if answer.get("ETag") and request.headers.get("If-None-Match") == answer["ETag"]:
            return Response(status=http.HTTP_304_NOT_MODIFIED, headers={"ETag": answer["ETag"]})
        return answer

    def _record_reading(self, records: Sequence[Model]) -> None:
        """What is sensitive leaves a trace of who read it."""
        if self.resource.sensitive:
            keys = [record.pk for record in records]
            record_reading(model=self.resource.model, keys=keys, fields=self.resource.sensitive, actor=self.request.user, request=self.request)

    def expected(self, record: Model) -> int | None:
        """The version the caller saw, from If-Match. Raises PreconditionFailed (412) when the record is another by now."""
        asked = self.request.headers.get("If-Match", "").strip()
        if not asked or asked == "*":
            return None
        if asked != etag(record):
            raise PreconditionFailed("The record was changed by somebody else; nothing was saved. Read it again, then repeat your change.")
        return getattr(record, "version", None)

    def saved(self, pk: Any) -> Model:
        record = self.resource.rows(self.request.user).filter(pk=pk).first()
        if record is None:
            raise NotFound("The record is no longer visible to you.")
        return record

    def answer(self, record: Model, status: int = 200, replayed: bool = False) -> Response:
        response = Response(serializer_class(self.resource)(record, context=self.get_serializer_context()).data, status=status)
        if tag := etag(record):
            response["ETag"] = tag
        if status == http.HTTP_201_CREATED:
            response["Location"] = f"{self.request.path}{record.pk}/"
        return self.marked(response, replayed)

    def marked(self, response: Response, replayed: bool) -> Response:
        if replayed:
            response["Idempotency-Replayed"] = "true"
        return response


class ResourceViewSet(ReadViewSet):
    """Also create, change, delete and bulk create, for what people edit by hand."""

    @extend_schema(parameters=[IDEMPOTENCY])
    def create(self, request: Any) -> Response:
        pk, replayed = self.once(lambda: self.write(self.resource.model(), request.data).pk)
        return self.answer(self.saved(pk), http.HTTP_201_CREATED, replayed)

    @extend_schema(parameters=[IF_MATCH])
    def update(self, request: Any, pk: str) -> Response:
        return self.change(request, partial=False)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Any, pk: str) -> Response:
        return self.change(request, partial=True)

    def destroy(self, request: Any, pk: str) -> Response:
        record = self.get_object()
        self.expected(record)
        try:
            delete_record(record, actor=request.user)
        except ProtectedError:
            raise Refusal("Other records need this one; it was not deleted.") from None
        return Response(status=http.HTTP_204_NO_CONTENT)

    @extend_schema(parameters=[IDEMPOTENCY])
    @action(detail=False, methods=["post"], pagination_class=None)
    def bulk(self, request: Any) -> Response:
        """Creates many records, all or none: an array of bodies in, an array of records out."""
        if not isinstance(request.data, list) or not 0 < len(request.data) <= BULK_LIMIT:
            raise BadRequest(f"Send an array of 1 to {BULK_LIMIT} records; nothing was saved.")

        def write_all() -> list:
            made, errors = [], {}
            for index, body in enumerate(request.data):
                try:
                    made.append(self.write(self.resource.model(), body).pk)
                except ValidationError as error:
                    errors[str(index)] = error.detail
            if errors:
                raise ValidationError(errors)
            return made

        keys, replayed = self.once(write_all)
        rows = {row.pk: row for row in self.resource.rows(request.user).filter(pk__in=keys)}
        return self.marked(Response(self.get_serializer([rows[key] for key in keys], many=True).data, http.HTTP_201_CREATED), replayed)

    def once(self, run: Callable[[], Any]) -> tuple[Any, bool]:
        """The result of `run`, and whether it is the answer to an earlier request with the same Idempotency-Key."""
        request, key = self.request, self.request.headers.get("Idempotency-Key")
        if key is None:
            return in_unit_of_work(run, actor=request.user), False
        body = json.dumps(request.data, sort_keys=True, default=str)
        digest = sha256(f"{request.method} {request.path} {body}".encode()).hexdigest()
        return in_unit_of_work(lambda: once(actor=request.user, key=key, request_hash=digest, run=run), actor=request.user)

    def change(self, request: Any, *, partial: bool) -> Response:
        record = self.get_object()
        version = self.expected(record)
        try:
            saved = in_unit_of_work(lambda: self.write(record, request.data, partial=partial, version=version), actor=request.user)
        except StaleVersion as error:
            if version is not None:
                raise PreconditionFailed(str(error.message)) from None
            raise
        return self.answer(self.saved(saved.pk))

    def write(self, record: Model, data: Any, *, partial: bool = False, version: int | None = None) -> Model:
        """Validates and saves header and lines. Raises ValidationError by field, or what `save_record` raises."""
        serializer = self.get_serializer(record if record.pk else None, data=data, partial=partial)
        serializer.is_valid(raise_exception=True)
        values, user = dict(serializer.validated_data), self.request.user
        given = {lines.prefix: values.pop(lines.prefix) for lines in self.resource.lines if lines.prefix in values}
        for name, value in values.items():
            setattr(record, name, value)
        if hasattr(record, "company_id") and record.company_id is None:
            record.company_id = user.company_id
        excluded = {field.name for field in record._meta.concrete_fields if field.name not in values}
        record.clean_fields(exclude=excluded)
        record.clean()
        record.validate_constraints(exclude=excluded - {"company"} if not record.pk else None)
        lines = [self.lines(record, item, data, given[item.prefix]) for item in self.resource.lines if item.prefix in given]
        with transaction.atomic():
            saved = save_record(record, actor=user, lines=lines, expected_version=version)
            if not self.resource.rows(user).filter(pk=saved.pk).exists():
                raise BusinessError("With these values you could not see the record yourself; nothing was saved.")
        return saved

    def lines(self, record: Model, item: Any, data: Any, values: list[dict]) -> tuple[str, list[Model], list[Model]]:
        """The whole set of lines as sent: known ids are changed, unknown ones made, missing ones dropped."""
        present = {line.pk: line for line in item.model.objects.filter(**{item.parent: record})} if record.pk else {}
        kept = []
        for index, (raw, line_values) in enumerate(zip(data[item.prefix], values, strict=True)):
            key = raw.get("id")
            if key is not None and key not in present:
                raise ValidationError({item.prefix: {str(index): {"id": ["There is no such line."]}}})
            line = present.pop(key) if key is not None else item.model()
            for name, value in line_values.items():
                setattr(line, name, value)
            kept.append(line)
        return item.parent, kept, list(present.values())


def etag(record: Model) -> str:
    """The strong tag of a versioned record; "" for one without versions."""
    version = getattr(record, "version", None)
    return f'"{record.pk}-{version}"' if version is not None else ""
