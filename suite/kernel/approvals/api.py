"""POST /api/v1/kernel/ask-approval/: the question whether an action on a document may be done."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from suite.kernel.approvals.selectors import open_steps
from suite.kernel.approvals.services import ask_for_approval
from suite.resources.api.permissions import TokenScope
from suite.resources.registry import record_named


class AskSerializer(serializers.Serializer):
    """Which action on which document: "erp.supplierbill", its id, "post"."""

    document = serializers.CharField(max_length=60)
    id = serializers.IntegerField(min_value=1)
    transition = serializers.SlugField(max_length=40)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class AskedSerializer(serializers.Serializer):
    """The request: its key, status, and who is asked."""

    id = serializers.IntegerField(source="pk")
    status = serializers.CharField()
    amount = serializers.DecimalField(19, 3)
    waits_for = serializers.SerializerMethodField()

    def get_waits_for(self, request: Any) -> list[str]:
        return [step.asked_in_words for step in open_steps(request)]


class AskForApproval(APIView):
    """Asks; the request that is open already comes back where nothing changed since."""

    permission_classes = [IsAuthenticated, TokenScope]
    app = "kernel"

    @extend_schema(request=AskSerializer, responses={201: AskedSerializer}, operation_id="kernel_approvals_ask")
    def post(self, request: Any, **kwargs: Any) -> Response:
        sent = AskSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        wanted = sent.validated_data
        document = record_named(request.user, wanted["document"], wanted["id"])
        asked = ask_for_approval(document, transition=wanted["transition"], actor=request.user, reason=wanted.get("reason", ""))
        return Response(AskedSerializer(asked).data, status=201)
