"""Receipts through the API."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.claims.models import ExpenseClaim
from erp.claims.services import attach_receipt
from suite.resources.api.permissions import TokenScope


class ReceiptSerializer(serializers.Serializer):
    """A picture or PDF, and the position of the line it belongs to."""

    file = serializers.FileField()
    line = serializers.IntegerField(min_value=1)


class KeptSerializer(serializers.Serializer):
    """The receipt's key, its hash, and what is unusual about the line now."""

    receipt = serializers.IntegerField()
    sha256 = serializers.CharField()
    remarks = serializers.CharField()


class AttachReceipt(APIView):
    """Takes the receipt of a line. A file that is on another claim is refused."""

    permission_classes = [IsAuthenticated, TokenScope]
    parser_classes = (MultiPartParser,)
    app = "erp"

    @extend_schema(request=ReceiptSerializer, responses={201: KeptSerializer}, operation_id="erp_expense_claims_receipts")
    def post(self, request: Request, pk: int, **kwargs: Any) -> Response:
        if not request.user.has_perm("erp.change_expenseclaim"):
            self.permission_denied(request)
        claim = ExpenseClaim.objects.visible_to(request.user, "change").filter(pk=pk).first()
        if claim is None:
            raise Http404
        sent = ReceiptSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        line = claim.lines.filter(position=sent.validated_data["line"]).first()
        if line is None:
            raise serializers.ValidationError({"line": ["The claim has no such line."]})
        kept = attach_receipt(line=line, file=sent.validated_data["file"], actor=request.user)
        line.refresh_from_db()
        return Response(KeptSerializer({"receipt": kept.pk, "sha256": kept.sha256, "remarks": line.remarks}).data, status=201)
