"""The grid through the API."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from erp.budgets.forms import cells_of_request
from erp.budgets.models import Budget, BudgetLine
from erp.budgets.rules import FaultyCells
from erp.budgets.selectors import digits_of
from erp.budgets.services import save_cells
from suite.resources.api.permissions import TokenScope
from suite.resources.api.problems import problem


class CellSerializer(serializers.Serializer):
    """An amount: keys of account, value (or null) and period; amount null takes the line away."""

    account = serializers.IntegerField(source="account_id")
    value = serializers.IntegerField(source="value_id", allow_null=True)
    period = serializers.IntegerField(source="period_id")
    amount = serializers.DecimalField(19, 3, allow_null=True)


class GridSerializer(serializers.Serializer):
    """A budget's version and its cells."""

    version = serializers.IntegerField(required=False)
    cells = CellSerializer(many=True)


class BudgetGrid(APIView):
    """All amounts of a budget. PATCH saves the cells that are sent, all or none; the others stay."""

    permission_classes = [IsAuthenticated, TokenScope]
    app = "erp"

    def budget(self, action: str) -> Budget:
        if not self.request.user.has_perm(f"erp.{action}_budget"):
            self.permission_denied(self.request)
        found = Budget.objects.visible_to(self.request.user, action).select_related("company", "year").filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @extend_schema(responses={200: GridSerializer}, operation_id="erp_budget_grid_read")
    def get(self, request: Request, **kwargs: Any) -> Response:
        return Response(self._whole(self.budget("view")))

    @extend_schema(request=GridSerializer, responses={200: GridSerializer}, operation_id="erp_budget_grid_save")
    def patch(self, request: Request, **kwargs: Any) -> Response:
        budget, said = self.budget("change"), request.data if isinstance(request.data, dict) else {}
        version = said.get("version")
        try:
            cells = cells_of_request(said.get("cells"), digits_of(budget))
            kept = save_cells(budget=budget, cells=cells, actor=request.user, expected_version=version if isinstance(version, int) else None)
        except FaultyCells as faulty:
            errors = [
                {"pointer": f"/cells/{cell.account_id}/{cell.value_id or ''}/{cell.period_id}", "detail": cell.message, "code": "cell"} for cell in faulty.cells
            ]
            return Response(problem(422, faulty.message, code=faulty.code, errors=errors, hint=faulty.hint, request=request), status=422)
        return Response(self._whole(kept))

    @staticmethod
    def _whole(budget: Budget) -> dict[str, Any]:
        lines = BudgetLine.objects.filter(budget=budget).order_by("account__code", "value__code", "period__starts_on")
        return {"version": budget.version, "cells": CellSerializer(lines, many=True).data}
