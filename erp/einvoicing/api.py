"""GET /api/v1/erp/customer-invoices/<id>/ubl/ (cii/, facturx/, en16931/) and POST /api/v1/erp/receive-invoices/"""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.einvoicing.selectors import invoice_for
from erp.einvoicing.services import check_invoice, e_invoice, receive_invoice
from suite.resources.api.permissions import TokenScope


class FindingSerializer(serializers.Serializer):
    """A broken rule: its code and its own sentence, the field that puts it right, and what to do."""

    code = serializers.CharField()
    sentence = serializers.CharField()
    field = serializers.CharField()
    hint = serializers.CharField()


class CheckSerializer(serializers.Serializer):
    """Whether the invoice passes the official rules of EN 16931."""

    passes = serializers.BooleanField()
    broken = FindingSerializer(many=True)


class _File(BaseRenderer):
    """Lets a caller ask for the file's own media type; what is sent is the file as it is."""

    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        return JSONRenderer().render(data)


class XmlFile(_File):
    media_type, format = "application/xml", "xml"


class PdfFile(_File):
    media_type, format = "application/pdf", "pdf"


class EInvoiceApi(APIView):
    """The issued invoice or credit note as a file. 422 while it is a draft."""

    permission_classes = [IsAuthenticated, TokenScope]
    renderer_classes = [JSONRenderer, XmlFile, PdfFile]
    app = "erp"
    form = ""

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY, (200, "application/pdf"): OpenApiTypes.BINARY})
    def get(self, request: Any, pk: int) -> HttpResponse:
        printout = e_invoice(invoice_for(request.user, pk), self.form)
        answer = HttpResponse(printout.content, content_type=printout.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{printout.filename}"'
        return answer


class CheckApi(APIView):
    """The official rules of EN 16931 run over the invoice, a draft too."""

    permission_classes = [IsAuthenticated, TokenScope]
    app = "erp"

    @extend_schema(responses=CheckSerializer)
    def get(self, request: Any, pk: int) -> Response:
        broken = check_invoice(invoice_for(request.user, pk))
        return Response(CheckSerializer({"passes": not broken, "broken": broken}).data)


class ReceiveSerializer(serializers.Serializer):
    """The file as it came."""

    file = serializers.FileField()


class ProblemSerializer(serializers.Serializer):
    """What was not recognised: the field, what is wrong, what to do."""

    field = serializers.CharField()
    message = serializers.CharField()
    hint = serializers.CharField()
    is_final = serializers.BooleanField()


class ReceivedSerializer(serializers.Serializer):
    """What came in: its key, the draft bill made of it (or none), and what a person must decide."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    status = serializers.CharField()
    supplier = serializers.IntegerField(source="supplier_id", allow_null=True)
    bill = serializers.IntegerField(source="bill_id", allow_null=True)
    gross = serializers.DecimalField(19, 3)
    problems = ProblemSerializer(many=True)


class ReceiveInvoices(APIView):
    """Takes an e-invoice: UBL, CII, or a PDF with the XML inside. One that came before is refused."""

    permission_classes = [IsAuthenticated, TokenScope]
    parser_classes = (MultiPartParser,)
    app = "erp"

    @extend_schema(request=ReceiveSerializer, responses={201: ReceivedSerializer}, operation_id="erp_e_invoices_receive")
    def post(self, request: Any, **kwargs: Any) -> Response:
        if not request.user.has_perm("erp.add_receivedinvoice"):
            self.permission_denied(request)
        sent = ReceiveSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        file = sent.validated_data["file"]
        received = receive_invoice(company_id=request.user.company_id, content=file.read(), file_name=file.name, actor=request.user)
        return Response(ReceivedSerializer(received).data, status=201)
