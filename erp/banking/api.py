"""Loading statements through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.banking.services import load_statements
from suite.resources.api.permissions import TokenScope


class LoadSerializer(serializers.Serializer):
    """A file, and the bank account where the file does not say it."""

    file = serializers.FileField()
    bank_account = serializers.IntegerField(required=False)


class LoadedSerializer(serializers.Serializer):
    """One statement of the file: its key (empty where every movement was known), whether it is new, its movements, and warnings."""

    statement = serializers.IntegerField(allow_null=True, source="statement.pk", default=None)
    bank_account = serializers.IntegerField(source="bank_account.pk")
    is_new = serializers.BooleanField()
    new_lines = serializers.IntegerField()
    known_lines = serializers.IntegerField()
    difference = serializers.DecimalField(19, 3, allow_null=True, source="statement.difference", default=None)
    warnings = serializers.CharField(source="statement.warnings", default="")


class LoadStatements(APIView):
    """Takes a bank's file. Sending it again changes nothing."""

    permission_classes = [IsAuthenticated, TokenScope]
    parser_classes = (MultiPartParser,)
    app = "erp"

    @extend_schema(request=LoadSerializer, responses={200: LoadedSerializer(many=True)}, operation_id="erp_bank_statements_load")
    def post(self, request: Request, **kwargs: Any) -> Response:
        if not request.user.has_perm("erp.add_bankstatement"):
            self.permission_denied(request)
        sent = LoadSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = sent.validated_data["file"]
        loaded = load_statements(
            company_id=request.user.company_id, content=file.read(), file_name=file.name, actor=request.user,
            bank_account_id=sent.validated_data.get("bank_account"),
        )
        return Response(LoadedSerializer(loaded, many=True).data)
