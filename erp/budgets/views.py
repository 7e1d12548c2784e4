"""The grid of a budget, its import, and the report pages."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from erp.budgets import reports
from erp.budgets.forms import BudgetImportForm, ChangesForm, RowForm, VarianceForm, cells_of_request
from erp.budgets.models import Budget, SeasonalKey
from erp.budgets.rules import Cell, FaultyCells
from erp.budgets.selectors import Key, cells_of, digits_of, periods_of
from erp.budgets.services.lines import faults_of, fill_from, save_cells, spread
from erp.budgets.services.reading import FaultyFile, import_lines
from erp.dimensions.models import DimensionValue
from erp.ledger.models import Account
from suite.kernel.documents.errors import BusinessError, Refusal
from suite.resources.exports import download
from suite.resources.pages.records import may_change
from suite.resources.paging import BadRequest
from suite.resources.registry import resource_of
from suite.resources.reporting import ReportView, report_page


@report_page
class BudgetVariance(ReportView):
    app, slug, title, permission = "erp", "budget-variance", gettext_lazy("Budget against actual"), "erp.view_budget"
    menu, icon = ("books", 64), "chart-arrows"
    form_class = VarianceForm
    report: Any = staticmethod(reports.budget_variance)

    def form(self, data: Mapping[str, Any], user: Any) -> Any:
        """Where the address names no budget: the one that is active today."""
        today = timezone.localdate()
        current = Budget.objects.visible_to(user).filter(status=Budget.Status.ACTIVE, year__starts_on__lte=today, year__ends_on__gte=today)
        chosen = None if data.get("budget") else current.order_by(F("scope").asc(nulls_first=True), "pk").values_list("pk", flat=True).first()
        return super().form({**{name: data[name] for name in data}, **({"budget": chosen} if chosen else {})}, user)


@report_page
class BudgetChanges(ReportView):
    app, slug, title, permission = "erp", "budget-changes", gettext_lazy("Versions of a budget"), "erp.view_budget"
    icon = "git-compare"
    form_class = ChangesForm
    report: Any = staticmethod(reports.budget_changes)


class BudgetPage(LoginRequiredMixin, PermissionRequiredMixin, TemplateView):
    """A page of one budget of the user's company: others do not exist."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()

    def budget(self, action: str = "view") -> Budget:
        rows = Budget.objects.visible_to(self.request.user, action).select_related("company", "year", "dimension", "scope")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404(_("There is no such budget, or it is not yours to see."))
        return found


class GridPage(BudgetPage):
    """Accounts down, months across. GET shows (or exports) it; POST takes cells as JSON: saved, spread over the year, or filled from elsewhere."""

    template_name = "erp/budgets/grid.html"

    def get_permission_required(self) -> tuple[str, ...]:
        return ("erp.change_budget",) if self.request.method == "POST" else ("erp.view_budget",)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "format" in request.GET:
            return self._export(self.budget(), request.GET["format"])
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        budget, user = self.budget(), self.request.user
        can_edit = may_change(user, resource_of(Budget), budget)
        others = Budget.objects.visible_to(user).filter(company_id=budget.company_id).exclude(pk=budget.pk).order_by("-year__starts_on", "name", "-edition")
        return super().get_context_data(
            budget=budget, periods=periods_of(budget.year_id), rows=rows_of(budget), can_edit=can_edit, others=others[:50],
            keys=SeasonalKey.objects.visible_to(user), row_form=RowForm(budget=budget, user=user) if can_edit else None, digits=digits_of(budget), **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        budget = self.budget("change")
        try:
            said = json.loads(request.body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            return _refused(BadRequest(_("The request is no JSON object; nothing was saved.")))
        act = {"save": self._save, "spread": self._spread, "fill": self._fill, "row": self._row}.get(str(said.get("do")))
        try:
            if act is None:
                raise BadRequest(_("There is no such action."), field="do")
            return JsonResponse(act(budget, said))
        except BusinessError as error:
            return _refused(error)

    def _save(self, budget: Budget, said: dict[str, Any]) -> dict[str, Any]:
        cells = cells_of_request(said.get("cells"), digits_of(budget))
        version = said.get("version")
        kept = save_cells(budget=budget, cells=cells, actor=self.request.user, expected_version=version if isinstance(version, int) else None)
        return {"version": kept.version, "saved": len(cells)}

    def _spread(self, budget: Budget, said: dict[str, Any]) -> dict[str, Any]:
        (account_id, value_id), = _rows([[said.get("account"), said.get("value")]])
        return {"cells": _shown(spread(budget, (account_id, value_id), _decimal(said.get("amount"), "amount"), str(said.get("key") or "even")))}

    def _fill(self, budget: Budget, said: dict[str, Any]) -> dict[str, Any]:
        cells = fill_from(budget, str(said.get("source")), _decimal(said.get("percent") or "0", "percent"), _rows(said.get("rows")))
        return {"cells": _shown(cells), "rows": _named(budget, {(cell.account_id, cell.value_id) for cell in cells})}

    def _row(self, budget: Budget, said: dict[str, Any]) -> dict[str, Any]:
        (key,) = _rows([[said.get("account"), said.get("value")]])
        faults = faults_of(budget, [Cell(*key, periods_of(budget.year_id)[0].pk, None)])
        if faults:
            raise FaultyCells(faults)
        return {"rows": _named(budget, {key})}

    def _export(self, budget: Budget, wanted: str) -> HttpResponse:
        periods = periods_of(budget.year_id)
        rows = [
            [row["code"], row["value_code"], row["name"], *(cell["amount"] for cell in row["cells"]), row["total"]] for row in rows_of(budget)
        ]
        header = ["account", "value", "name", *(str(period.number) for period in periods), "total"]
        return download(wanted, header, rows, f"budget-{budget.pk}-v{budget.edition}")


def rows_of(budget: Budget) -> list[dict[str, Any]]:
    """The rows of the grid with a cell for each period, in the order of the accounts. Two statements beside the periods."""
    periods, cells = periods_of(budget.year_id), cells_of(budget)
    named = {(row["account"], row["value"]): row for row in _named(budget, cells)}
    return [
        {
            **named[key], "cells": [{"period": period.pk, "amount": amounts.get(period.pk)} for period in periods],
            "total": sum(amounts.values(), Decimal(0)),
        }
        for key, amounts in cells.items()
    ]


def _named(budget: Budget, keys: Any) -> list[dict[str, Any]]:
    accounts = Account.objects.in_bulk({account for account, _value in keys})
    values = DimensionValue.objects.in_bulk({value for _account, value in keys if value})
    return [
        {
            "account": account, "value": value, "code": accounts[account].code, "name": accounts[account].name,
            "value_code": values[value].code if value else "", "value_name": values[value].name if value else "",
            "side": -1 if budget.kind == Budget.Kind.RESULT and accounts[account].type != Account.Type.INCOME else 1,
        }
        for account, value in sorted(keys, key=lambda key: (accounts[key[0]].code, values[key[1]].code if key[1] else ""))
    ]


def _rows(said: Any) -> list[Key]:
    def is_key(key: Any) -> bool:
        return isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63

    if not isinstance(said, list) or len(said) > 5000 or not all(
        isinstance(one, list) and len(one) == 2 and is_key(one[0]) and (one[1] is None or is_key(one[1])) for one in said
    ):
        raise BadRequest(_("A row names its account, and a value or null, by their keys."), field="rows")
    return [(account, value) for account, value in said]


def _decimal(said: Any, field: str) -> Decimal:
    try:
        amount = Decimal(str(said)[:40])
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > Decimal(10) ** 15:
        raise Refusal(_("“%(text)s” is not a number.") % {"text": str(said)[:40]}, field=field, code="not_a_number")
    return amount


def _shown(cells: list[Cell]) -> list[dict[str, Any]]:
    return [{"account": c.account_id, "value": c.value_id, "period": c.period_id, "amount": f"{c.amount:f}"} for c in cells]


def _refused(error: BusinessError) -> JsonResponse:
    cells = [{"account": c.account_id, "value": c.value_id, "period": c.period_id, "message": c.message} for c in getattr(error, "cells", ())]
    return JsonResponse({"message": error.message, "hint": str(error.hint), "field": error.field, "code": error.code, "cells": cells}, status=error.status)


class ImportPage(BudgetPage):
    """A file of amounts into a draft; every fault is named with its row and column, and then nothing is written."""

    template_name = "erp/budgets/import.html"
    permission_required = "erp.change_budget"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        budget = kwargs.pop("budget", None) or self.budget("change")
        return super().get_context_data(**{"budget": budget, "form": BudgetImportForm(), "periods": periods_of(budget.year_id), **kwargs})

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        budget, form = self.budget("change"), BudgetImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(budget=budget, form=form), status=422)
        try:
            import_lines(budget=budget, content=form.cleaned_data["file"].read(), actor=request.user)
        except BusinessError as error:
            faults = error.faults if isinstance(error, FaultyFile) else ()
            return self.render_to_response(self.get_context_data(budget=budget, form=form, error=error, faults=faults), status=error.status)
        messages.success(request, _("The amounts of the file are in the budget."))
        return HttpResponseRedirect(reverse("erp:budget_grid", args=[budget.pk]))
