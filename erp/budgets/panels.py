"""What records show of budgets."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.budgets.models import Budget, BudgetLine, BudgetOverride, BudgetWarning
from erp.ledger.models import JournalEntry
from erp.payables.models import SupplierBill
from suite.resources.display import money
from suite.resources.panels import Panel, attach

MOST = 8


class GridPanel(Panel):
    """The way to the grid, what the budget comes to, and its other versions."""

    title = gettext_lazy("Amounts")
    icon = "table"
    permission = "erp.view_budget"
    position = 5

    def context(self) -> dict[str, Any]:
        budget: Budget = self.record
        currency, grid = budget.company.currency_id, reverse("erp:budget_grid", args=[budget.pk])
        sums = BudgetLine.objects.filter(budget=budget).values_list("account__type").annotate(total=Sum("amount")).order_by("account__type")
        labels = {"income": _("Income"), "expense": _("Expense"), "asset": _("Investments")}
        rows = [{"label": _("Open the grid"), "url": grid, "hint": _("Accounts down, months across")}]
        rows += [{"label": labels[kind], "value": money(total, currency)} for kind, total in sums]
        report = reverse("erp:report_budget_variance")
        rows.append({"label": _("Budget against actual"), "url": f"{report}?{urlencode({'budget': budget.pk})}"})
        others = Budget.objects.filter(company_id=budget.company_id, year_id=budget.year_id, kind=budget.kind, scope_id=budget.scope_id).exclude(pk=budget.pk)
        changes = reverse("erp:report_budget_changes")
        for other in others.order_by("-edition")[:MOST]:
            first, second = sorted((other, budget), key=lambda one: one.edition)
            rows.append({
                "label": str(other), "url": reverse("erp:budget_detail", args=[other.pk]), "badge": other.get_status_display(),
            })
            rows.append({"label": _("What changed"), "url": f"{changes}?{urlencode({'before': first.pk, 'after': second.pk})}",
                         "hint": f"{first} → {second}"})
        return {"rows": rows}


class WarningsPanel(Panel):
    """Where the document went over budgets, and who allowed it."""

    title = gettext_lazy("Budget")
    icon = "alert-triangle"
    permission = "erp.view_budgetwarning"
    position = 20

    def context(self) -> dict[str, Any] | None:
        key, currency = self.record.key, self.record.company.currency_id
        found = BudgetWarning.objects.filter(company_id=self.record.company_id, document_key=key).select_related("budget", "account", "value", "period__year")
        rows = [
            {
                "label": f"{one.account}{f', {one.value}' if one.value else ''}", "url": reverse("erp:budget_detail", args=[one.budget_id]),
                "hint": _("%(period)s: budget %(budgeted)s, with this %(used)s") % {
                    "period": one.period, "budgeted": money(one.budgeted, currency), "used": money(one.used, currency)},
                "badge": _("Allowed") if one.override_id else _("Over budget"), "colour": "yellow" if one.override_id else "orange",
            }
            for one in found[:MOST]
        ]
        given = BudgetOverride.objects.filter(company_id=self.record.company_id, document_key=key).select_related("approved_by")
        rows += [{"label": one.reason, "hint": str(one.approved_by), "value": money(one.amount, currency)} for one in given[:MOST]]
        is_open = self.record.status in ("draft", "to_approve", "approved")
        if is_open and self.user.has_perm("erp.add_budgetoverride") and self.record.created_by_id != self.user.pk:
            rows.append({"label": _("Allow it to exceed budgets"), "url": f"{reverse('erp:budgetoverride_add')}?{urlencode({'document_key': key})}"})
        return {"rows": rows} if rows else None


attach(Budget, GridPanel)
attach(JournalEntry, WarningsPanel)
attach(SupplierBill, WarningsPanel)
