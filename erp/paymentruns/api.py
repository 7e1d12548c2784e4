"""Payment runs through the API: what is due, proposing, the file, the bank's answer. Approving and sending are actions of the batch."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.banking.models import BankAccount
from erp.paymentruns.models import PaymentBatch
from erp.paymentruns.models.mandates import Scheme
from erp.paymentruns.printouts import sent_file
from erp.paymentruns.selectors.proposing import propose
from erp.paymentruns.services import BatchLineInput, propose_batches, take_answer
from suite.kernel.documents.errors import Refusal
from suite.resources.api.permissions import TokenScope


class _Dated(serializers.Serializer):
    """A day on which a bank executes."""

    execute_on = serializers.DateField()

    def validate_execute_on(self, day: date) -> date:
        if day < timezone.localdate():
            raise serializers.ValidationError(_("No bank executes on a day that has passed."))
        return day


class CriteriaSerializer(_Dated):
    """What is to be paid or collected, from which account, by when."""

    bank_account = serializers.IntegerField()
    due_until = serializers.DateField()
    direction = serializers.ChoiceField(choices=PaymentBatch.Direction.choices, default="out")
    currency = serializers.CharField(max_length=3, required=False)
    minimum = serializers.DecimalField(19, 3, min_value=0, default=0)
    scheme = serializers.ChoiceField(choices=Scheme.choices, default="CORE")


class CandidateSerializer(serializers.Serializer):
    """An open item. `hindrance` says why it is not ticked (empty: it is)."""

    item_id = serializers.IntegerField()
    party_id = serializers.IntegerField()
    party = serializers.CharField()
    number = serializers.CharField()
    reference = serializers.CharField()
    due_on = serializers.DateField()
    discount_until = serializers.DateField(allow_null=True)
    open = serializers.DecimalField(19, 3)
    discount = serializers.DecimalField(19, 3)
    amount = serializers.DecimalField(19, 3)
    account_id = serializers.IntegerField(allow_null=True)
    iban = serializers.CharField()
    is_watched = serializers.BooleanField()
    hindrance = serializers.CharField()


class ProposalSerializer(serializers.Serializer):
    """What falls due, and what the account has: its balance, and money under way (company currency)."""

    balance = serializers.DecimalField(19, 3)
    under_way = serializers.DecimalField(19, 3)
    total = serializers.DecimalField(19, 3)
    candidates = CandidateSerializer(many=True)


class LineSerializer(serializers.Serializer):
    """An open item and what of it is paid; a credit that is set off is below zero."""

    item_id = serializers.IntegerField()
    amount = serializers.DecimalField(19, 3)
    account_id = serializers.IntegerField(required=False, allow_null=True, default=None)


class ProposeSerializer(_Dated):
    """The batches to be made."""

    bank_account = serializers.IntegerField()
    direction = serializers.ChoiceField(choices=PaymentBatch.Direction.choices, default="out")
    scheme = serializers.ChoiceField(choices=Scheme.choices, default="CORE")
    cheques = serializers.BooleanField(default=False)
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    lines = LineSerializer(many=True)


class ProposedSerializer(serializers.Serializer):
    """A batch that waits for approval."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    method = serializers.CharField()
    status = serializers.CharField()
    total = serializers.DecimalField(19, 3)


class PaymentProposalApi(APIView):
    """GET: what may be paid. POST: the batches that pay it; more than one where SEPA does not reach everybody."""

    permission_classes = [IsAuthenticated, TokenScope]
    app = "erp"

    @extend_schema(parameters=[CriteriaSerializer], responses=ProposalSerializer, operation_id="erp_payment_proposal")
    def get(self, request: Request, **kwargs: Any) -> Response:
        self._permit(request)
        asked = CriteriaSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        bank = BankAccount.objects.visible_to(request.user).filter(pk=values.pop("bank_account"), is_cash=False).first()
        if bank is None:
            raise Refusal(_("Choose one of the company's bank accounts."), field="bank_account", code="no_bank_account")
        currency_id = values.pop("currency", None) or bank.currency_id
        return Response(ProposalSerializer(propose(bank_account=bank, currency_id=currency_id, **values)).data)

    @extend_schema(request=ProposeSerializer, responses={201: ProposedSerializer(many=True)}, operation_id="erp_payment_proposal_save")
    def post(self, request: Request, **kwargs: Any) -> Response:
        self._permit(request)
        sent = ProposeSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        values = dict(sent.validated_data)
        made = propose_batches(
            company_id=request.user.company_id, bank_account_id=values.pop("bank_account"), lines=[BatchLineInput(**line) for line in values.pop("lines")],
            actor=request.user, **values,
        )
        return Response(ProposedSerializer(made, many=True).data, status=201)

    def _permit(self, request: Request) -> None:
        if not request.user.has_perm("erp.add_paymentbatch"):
            self.permission_denied(request)


class _File(BaseRenderer):
    """Lets a caller ask for the file's own media type; what is sent is the file as it is."""

    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> Any:
        return JSONRenderer().render(data)


class XmlFile(_File):
    media_type, format = "application/xml", "xml"


class CsvFile(_File):
    media_type, format = "text/csv", "csv"


class BatchFileApi(APIView):
    """The file as it was sent to the bank, the same whenever it is asked for. 422 before it was sent."""

    permission_classes = [IsAuthenticated, TokenScope]
    renderer_classes = [JSONRenderer, XmlFile, CsvFile]
    app = "erp"

    @extend_schema(responses={(200, "application/xml"): OpenApiTypes.BINARY, (200, "text/csv"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int) -> HttpResponse:
        if not request.user.has_perm("erp.export_paymentbatch"):
            self.permission_denied(request)
        batch = PaymentBatch.objects.visible_to(request.user).select_related("file").filter(pk=pk).first()
        if batch is None:
            raise Http404
        printout = sent_file(batch)
        answer = HttpResponse(printout.content, content_type=printout.media_type)
        answer["Content-Disposition"] = f'attachment; filename="{printout.filename}"'
        return answer


class AnswerSerializer(serializers.Serializer):
    """The bank's status report."""

    file = serializers.FileField()


class RejectedSerializer(serializers.Serializer):
    """A payment that the bank sent back."""

    transfer = serializers.IntegerField()
    reason = serializers.CharField()


class AnsweredSerializer(serializers.Serializer):
    """What the report changed."""

    batch = serializers.IntegerField()
    status = serializers.CharField()
    is_confirmed = serializers.BooleanField()
    rejected = RejectedSerializer(many=True)


class BankAnswersApi(APIView):
    """Takes a pain.002. Sending it again changes nothing."""

    permission_classes = [IsAuthenticated, TokenScope]
    parser_classes = (MultiPartParser,)
    app = "erp"

    @extend_schema(request=AnswerSerializer, responses=AnsweredSerializer, operation_id="erp_bank_answers_take")
    def post(self, request: Request, **kwargs: Any) -> Response:
        if not request.user.has_perm("erp.reject_paymentbatch"):
            self.permission_denied(request)
        sent = AnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        done = take_answer(company_id=request.user.company_id, content=sent.validated_data["file"].read(), actor=request.user)
        rejected = [{"transfer": transfer, "reason": reason} for transfer, reason in done.rejected]
        return Response(AnsweredSerializer({
            "batch": done.batch.pk, "status": done.batch.status, "is_confirmed": done.is_confirmed, "rejected": rejected}).data)
