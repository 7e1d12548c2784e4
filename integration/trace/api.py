"""GET /api/v1/integration/trace/?of=crm.order:42"""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from integration.trace.selectors import Node, trace_of
from suite.resources.api.permissions import TokenScope


class NodeSerializer(serializers.Serializer):
    """An event or a row of the trace."""

    key = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()
    number = serializers.CharField()
    status = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    amount = serializers.DecimalField(19, 3, allow_null=True)
    quantity = serializers.DecimalField(19, 6, allow_null=True)
    actor = serializers.CharField()
    is_visible = serializers.BooleanField()


class EdgeSerializer(serializers.Serializer):
    """What caused what, and how long it took."""

    source = serializers.CharField()
    target = serializers.CharField()
    milliseconds = serializers.FloatField(allow_null=True)


class LedgerLineSerializer(serializers.Serializer):
    """A line of an entry that the document led to; amounts in company currency."""

    entry = serializers.IntegerField()
    number = serializers.CharField(allow_null=True)
    date = serializers.DateField()
    account = serializers.CharField()
    debit = serializers.DecimalField(19, 3)
    credit = serializers.DecimalField(19, 3)


class TraceSerializer(serializers.Serializer):
    """The graph below one document."""

    root = serializers.CharField()
    is_settled = serializers.BooleanField()
    is_complete = serializers.BooleanField()
    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
    ledger = LedgerLineSerializer(many=True)


class TraceApi(APIView):
    """Everything that followed from one document: events, rows, ledger lines, with time and money per hop."""

    permission_classes = [IsAuthenticated, TokenScope]
    app = "integration"

    @extend_schema(parameters=[OpenApiParameter("of", str, required=True, description="The document, e.g. crm.order:42")], responses=TraceSerializer)
    def get(self, request: Request) -> Response:
        if not request.user.has_perm("integration.view_event"):
            self.permission_denied(request)
        try:
            trace = trace_of(request.query_params.get("of", ""), user=request.user)
        except LookupError:
            raise Http404 from None
        nodes: list[Node] = list(trace.nodes.values())
        body: dict[str, Any] = {
            "root": trace.root, "is_settled": trace.is_settled, "is_complete": trace.is_complete, "nodes": nodes, "edges": trace.edges,
            "ledger": trace.ledger,
        }
        return Response(TraceSerializer(body).data)
