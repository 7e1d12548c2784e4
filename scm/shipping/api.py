"""The doors for carriers' reports, and for gifts and samples."""

import json
from hashlib import sha256
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework import status as http
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from scm.carriers.models import Carrier
from scm.shipping.models import TrackingEvent
from scm.shipping.services import GivenLine, plan_giveaway, record_tracking
from suite.kernel.documents.idempotency import once
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.sites.models import Site
from suite.resources.api.permissions import TokenScope
from suite.resources.api.serializers import serializer_class
from suite.resources.api.viewsets import IDEMPOTENCY, ReadViewSet
from suite.resources.resource import Resource


class TrackingReportSerializer(serializers.Serializer):
    """A report: the carrier by its code, the parcel by its number, the event by the carrier's own id."""

    carrier = serializers.CharField(max_length=20, help_text="The carrier's code")
    tracking_number = serializers.CharField(max_length=60)
    external_id = serializers.CharField(max_length=80)
    code = serializers.CharField(max_length=40)
    happened_at = serializers.DateTimeField()
    place = serializers.CharField(max_length=120, required=False, allow_blank=True)
    description = serializers.CharField(max_length=200, required=False, allow_blank=True)
    expected_on = serializers.DateField(required=False, allow_null=True)

    def validate_carrier(self, code: str) -> Carrier:
        carrier = Carrier.objects.visible_to(self.context["request"].user).filter(code=code, is_active=True).first()
        if carrier is None:
            raise serializers.ValidationError("There is no such carrier.")
        return carrier


class TrackingEventViewSet(ReadViewSet):
    """Carriers' reports: list, read, and record. The same event id again answers 200 and changes nothing."""

    resource: ClassVar[type[Resource]]
    lookup_value_regex = "[0-9]+"

    @extend_schema(parameters=[IDEMPOTENCY], request=TrackingReportSerializer)
    def create(self, request: Any) -> Response:
        asked = TrackingReportSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        facts = dict(asked.validated_data)
        carrier = facts.pop("carrier")

        def record() -> list:
            event, is_new = record_tracking(company_id=request.user.company_id, carrier_id=carrier.pk, actor=request.user, **facts)
            return [event.pk, is_new]

        key, replayed = request.headers.get("Idempotency-Key"), False
        if key is None:
            pk, is_new = in_unit_of_work(record, actor=request.user)
        else:
            body = json.dumps(request.data, sort_keys=True, default=str)
            digest = sha256(f"{request.method} {request.path} {body}".encode()).hexdigest()
            (pk, is_new), replayed = in_unit_of_work(
                lambda: once(actor=request.user, key=f"api:{key}"[:255], request_hash=digest, run=record), actor=request.user,
            )
        event = TrackingEvent.objects.visible_to(request.user).get(pk=pk)
        body = serializer_class(self.resource)(event, context=self.get_serializer_context()).data
        answer = Response(body, status=http.HTTP_201_CREATED if is_new and not replayed else http.HTTP_200_OK)
        answer["Location"] = f"{request.path}{event.pk}/"
        return self.marked(answer, replayed)


class GivenLineSerializer(serializers.Serializer):
    """So many units of a product."""

    product = serializers.IntegerField()
    quantity = serializers.DecimalField(19, 6)


class GiveawaySerializer(serializers.Serializer):
    """A gift or sample: to whom, from where, why (the key of a dispatch reason, "erp.dispatchreason:3"), and what."""

    customer = serializers.IntegerField()
    site = serializers.IntegerField()
    reason = serializers.CharField(max_length=60)
    planned_on = serializers.DateField(required=False, allow_null=True)
    ship_to = serializers.CharField(max_length=500, required=False, allow_blank=True)
    lines = GivenLineSerializer(many=True)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        user = self.context["request"].user
        for name, model, pks in (
            ("customer", Party, {data["customer"]}), ("site", Site, {data["site"]}), ("lines", Product, {line["product"] for line in data["lines"]}),
        ):
            if model.objects.visible_to(user).filter(pk__in=pks).count() != len(pks):
                raise serializers.ValidationError({name: "There is no such record."})
        return data


class PlannedSerializer(serializers.Serializer):
    """The shipment that was planned."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    status = serializers.CharField()


class GiveawayApi(APIView):
    """Plans a shipment that no order asked for; it is booked, picked and dispatched as any other."""

    permission_classes = [IsAuthenticated, TokenScope]
    app = "scm"

    @extend_schema(request=GiveawaySerializer, responses={201: PlannedSerializer}, operation_id="scm_giveaways_plan")
    def post(self, request: Any, **kwargs: Any) -> Response:
        if not request.user.has_perm("scm.give_away_shipment"):
            self.permission_denied(request)
        asked = GiveawaySerializer(data=request.data, context={"request": request})
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        shipment = plan_giveaway(
            company_id=request.user.company_id, customer_id=data["customer"], site_id=data["site"], reason_key=data["reason"], actor=request.user,
            planned_on=data.get("planned_on"), ship_to=data.get("ship_to", ""), lines=[GivenLine(line["product"], line["quantity"]) for line in data["lines"]],
        )
        return Response(PlannedSerializer(shipment).data, status=http.HTTP_201_CREATED)
