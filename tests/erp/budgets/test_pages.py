"""Pages, reports and endpoints of budgets."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from erp.budgets.models import Budget, BudgetLine, BudgetOverride
from erp.budgets.reports import budget_changes, budget_variance
from erp.budgets.selectors import variance_of
from erp.budgets.services import CommittedLine, commit_budget, renew_budget, save_cells
from erp.ledger.models import Account
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_user
from tests.factories.budgets import DAY, POSTAGE, RENT, Budgeting

D = Decimal


@pytest.fixture
def signed_in(house):
    def sign_in(user) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(user)
        return client

    return sign_in


def posted(client, budget, **what):
    return client.post(reverse("erp:budget_grid", args=[budget.pk]), json.dumps(what), content_type="application/json")


def amounts(budget):
    return {(line.account.code, line.period.number): line.amount for line in BudgetLine.objects.filter(budget=budget).select_related("account", "period")}


class TestGrid:
    def test_shows_and_saves_cells(self, house, signed_in):
        budget, client = house.draft(), signed_in(house.accountant)
        page = client.get(reverse("erp:budget_grid", args=[budget.pk])).content.decode()
        assert page.count("data-cell=") == 12 * 2  # the row, and the template of a new one
        cell = house.cell("12.50", month=2)

        answer = posted(client, budget, do="save", version=budget.version, cells=[
            {"account": cell.account_id, "value": None, "period": cell.period_id, "amount": "12.50"},
            {"account": cell.account_id, "value": None, "period": house.periods[2].pk, "amount": ""}])

        assert (answer.status_code, answer.json()["version"]) == (200, budget.version + 1)
        assert (amounts(budget)[RENT, 2], (RENT, 3) in amounts(budget)) == (D("12.50"), False)

    def test_names_the_cells_that_it_cannot_take_and_saves_none(self, house, signed_in):
        budget, client = house.draft(), signed_in(house.accountant)
        before, cell, income = amounts(budget), house.cell("1"), house.account("4000")
        answer = posted(client, budget, do="save", cells=[
            {"account": cell.account_id, "value": None, "period": cell.period_id, "amount": "abc"}])
        assert (answer.status_code, answer.json()["cells"][0]["period"]) == (422, cell.period_id)
        answer = posted(client, budget, do="save", cells=[
            {"account": income.pk, "value": None, "period": cell.period_id, "amount": "1"},
            {"account": cell.account_id, "value": None, "period": cell.period_id, "amount": "5"}])
        assert (answer.status_code, [one["account"] for one in answer.json()["cells"]]) == (422, [income.pk])
        assert posted(client, budget, do="save", version=1, cells=[]).status_code == 409
        assert amounts(budget) == before

    @pytest.mark.parametrize("body", ["", "[]", '{"do":"x"}', '{"do":"save"}', '{"do":"save","cells":[1]}', '{"do":"save","cells":[{"account":true}]}',
                                      '{"do":"spread","account":"1"}', '{"do":"fill","rows":[[1]],"source":"actual"}', '{"do":"row"}', "[" * 100_000])
    def test_what_is_no_request_is_refused(self, house, signed_in, body):
        budget = house.draft()
        answer = signed_in(house.accountant).post(reverse("erp:budget_grid", args=[budget.pk]), body, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["message"]

    def test_spreads_fills_and_adds_rows(self, house, signed_in):
        budget, client = house.draft(), signed_in(house.accountant)
        rent = house.account(RENT).pk
        spread = posted(client, budget, do="spread", account=rent, value=None, amount="100", key="even").json()["cells"]
        assert (sum(D(cell["amount"]) for cell in spread), spread[0]["amount"]) == (D(100), "8.34")
        house.post("50", account=POSTAGE, on=date(2025, 2, 1))
        filled = posted(client, budget, do="fill", source="actual", percent="10", rows=[]).json()
        assert [(row["code"], cell["amount"]) for row, cell in zip(filled["rows"], filled["cells"], strict=True)] == [(POSTAGE, "55.00")]
        assert posted(client, budget, do="row", account=rent, value=house.values["1"].pk).json()["rows"][0]["value_code"] == "1"
        assert posted(client, budget, do="row", account=house.account("1010").pk, value=None).status_code == 422

    def test_others_do_not_see_or_write_it(self, house, signed_in):
        budget, stranger = house.draft(), Budgeting()
        address = reverse("erp:budget_grid", args=[budget.pk])
        assert Client().get(address).status_code == 302
        assert signed_in(stranger.accountant).get(address).status_code == 404
        assert posted(signed_in(stranger.accountant), budget, do="save", cells=[]).status_code == 404
        auditor = signed_in(make_user(house.company, "auditor"))
        assert auditor.get(address).status_code == 200
        assert posted(auditor, budget, do="save", cells=[]).status_code == 403

    def test_an_approved_one_is_shown_without_inputs(self, house, signed_in):
        budget = house.active()
        page = signed_in(house.accountant).get(reverse("erp:budget_grid", args=[budget.pk])).content.decode()
        assert "data-cell=" not in page
        assert page.count("data-shown=") == 12
        assert posted(signed_in(house.accountant), budget, do="save", cells=[]).status_code == 409

    def test_what_is_exported_can_be_read_back(self, house, signed_in):
        budget, client = house.draft(house.cell("12.5", value="11"), house.cell("7")), signed_in(house.accountant)
        file = b"".join(client.get(reverse("erp:budget_grid", args=[budget.pk]) + "?format=csv").streaming_content)
        before = amounts(budget)
        save_cells(budget=budget, cells=[house.cell(None), house.cell(None, value="11")], actor=house.accountant)
        answer = client.post(reverse("erp:budget_grid_import", args=[budget.pk]), {"file": SimpleUploadedFile("b.csv", file)})
        assert (answer.status_code, amounts(budget)) == (302, before)

    def test_the_import_page_names_row_and_column(self, house, signed_in):
        budget = house.draft()
        answer = signed_in(house.accountant).post(
            reverse("erp:budget_grid_import", args=[budget.pk]), {"file": SimpleUploadedFile("b.csv", b"account,1\n6100,1\n9999,2\n")})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert '<td class="cell-number">3</td><td><code>account</code></td>' in page
        assert "9999" in page

    def test_the_endpoint_reads_and_saves(self, house, signed_in):
        budget, client = house.draft(), signed_in(house.accountant)
        address = reverse("erp-api:budget_grid", args=[budget.pk])
        whole = client.get(address).json()
        assert (whole["version"], len(whole["cells"])) == (budget.version, 12)
        cell = whole["cells"][0] | {"amount": "3.333"}
        answer = client.patch(address, json.dumps({"version": whole["version"], "cells": [cell]}), content_type="application/json")
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cell")
        answer = client.patch(address, json.dumps({"version": whole["version"], "cells": [cell | {"amount": "3.33"}]}), content_type="application/json")
        assert (answer.status_code, answer.json()["cells"][0]["amount"]) == (200, "3.330")


class TestVariance:
    @pytest.fixture
    def spent(self, house):
        """Rent: 100 a month, of centre 1 50 in March; March: 60 posted in 11, 5 in 2; February 30; 40 ordered for March, 7 requested."""
        budget = house.active(*(house.cell("100", month=month) for month in range(1, 13)), house.cell("50", value="1"), control_actual="none")
        house.post("60", centre="11")
        house.post("5", centre="2")
        house.post("30", on=date(2026, 2, 1))
        house.post("8", account=POSTAGE)
        for key, level, amount in (("scm.purchaseorder:1", "order", 40), ("scm.purchaserequest:2", "request", 7)):
            commit_budget(company_id=house.company.pk, source_key=key, level=level, actor=house.accountant, lines=[
                CommittedLine(house.account(RENT).pk, D(amount), DAY)])
        return budget

    def test_month_and_year_to_date(self, house, spent):
        table = budget_variance(company_id=house.company.pk, budget=spent, on=DAY)
        rows = {row.get("code"): row for row in table.rows if row.get("code")}
        names = ("month_budget", "month_actual", "month_committed", "month_variance", "year_budget", "year_actual", "year_variance")
        rent = [rows[RENT][name] for name in names]
        assert rent == [150, 65, 47, 38, 350, 95, 208]
        assert [rows[POSTAGE][name] for name in ("month_budget", "month_actual", "month_variance")] == [0, 8, -8]
        assert table.totals["year_actual"] == 103
        assert "account=" in rows[RENT]["committed_link"]
        assert "starts_on=2026-01-01" in rows[RENT]["year_link"]

    def test_by_value_and_of_a_value(self, house, spent):
        table = budget_variance(company_id=house.company.pk, budget=spent, on=DAY, by_value=True)
        lines = {(row["code"], row["name"]): (row["month_budget"], row["month_actual"]) for row in table.rows if row.get("level") == 2}
        assert lines == {("1", "Centre 1"): (50, 60), ("–", "without a value"): (100, 5), ("–", "not budgeted"): (0, 8)}
        table = budget_variance(company_id=house.company.pk, budget=spent, on=DAY, value=house.values["1"])
        assert (table.totals["year_budget"], table.totals["year_actual"]) == (50, 60)

    def test_headings_add_up(self, house, spent):
        heading = Account.objects.create(company=house.company, code="61", name="Premises", type="expense", is_heading=True)
        Account.objects.filter(company=house.company, code__in=(RENT, POSTAGE)).update(parent=heading)
        table = budget_variance(company_id=house.company.pk, budget=spent, on=DAY)
        row = next(row for row in table.rows if row.get("code") == "61")
        assert (row["year_budget"], row["year_actual"], row["year_committed"], row["year_variance"]) == (350, 103, 47, 200)

    def test_an_expense_below_a_heading_of_income_counts_against_it_where_both_are_budgeted(self, house):
        heading = Account.objects.create(company=house.company, code="4", name="Operating result", type="income", is_heading=True)
        Account.objects.filter(company=house.company, code__in=("4000", RENT)).update(parent=heading)
        house.active(house.cell("60"), control_actual="none")
        both = house.active(house.cell("100", account="4000"), house.cell("60"), kind="result", control_actual="none")
        for budget, sums in ((both, (40, 40)), (Budget.objects.get(kind="expense"), (60, 60))):
            table = budget_variance(company_id=house.company.pk, budget=budget, on=DAY)
            row = next(row for row in table.rows if row.get("code") == "4")
            assert (row["month_budget"], table.totals["month_budget"]) == sums

    def test_as_known_at_a_time_stays(self, house, spent):
        then = timezone.now()
        seen = sorted(variance_of(spent.pk, date(2026, 1, 1), DAY, then), key=str)
        house.post("11", centre="11")
        commit_budget(company_id=house.company.pk, source_key="scm.purchaseorder:1", level="order", lines=[], actor=house.accountant)
        assert sorted(variance_of(spent.pk, date(2026, 1, 1), DAY, then), key=str) == seen
        assert sorted(variance_of(spent.pk, date(2026, 1, 1), DAY), key=str) != seen

    def test_income_is_favourable_above_the_budget(self, house):
        budget = house.active(house.cell("100", account="4000"), house.cell("60"), kind="result", control_actual="none")
        house.post("-130", account="4000")
        table = budget_variance(company_id=house.company.pk, budget=budget, on=DAY)
        rows = {row.get("code"): row for row in table.rows if row.get("code")}
        assert (rows["4000"]["month_actual"], rows["4000"]["month_variance"]) == (130, 30)
        assert (table.totals["month_budget"], table.totals["month_actual"], table.totals["month_variance"]) == (40, 130, 90)

    def test_of_a_scope_only_what_bears_it(self, house):
        budget = house.active(house.cell("100"), scope=house.values["1"], control_actual="none")
        house.post("10", centre="12")
        house.post("20", centre="2")
        assert [row.actual for row in variance_of(budget.pk, date(2026, 1, 1), DAY)] == [10]

    def test_page_file_and_endpoint(self, house, spent, signed_in):
        client, what = signed_in(make_user(house.company, "auditor")), f"?budget={spent.pk}&on=2026-03-10"
        address = reverse("erp:report_budget_variance")
        assert "general-ledger" in client.get(address + what).content.decode()
        assert b"6100" in b"".join(client.get(address + what + "&format=csv").streaming_content)
        assert client.get(reverse("erp-api:report_budget_variance") + what).json()["totals"]["year_actual"] == 103
        assert client.get(address + f"?budget={spent.pk}&on=2025-03-10").status_code == 422
        with pytest.raises(Refusal):
            budget_variance(company_id=house.company.pk, budget=spent, on=date(2025, 3, 10))

    def test_without_a_choice_the_active_budget_is_shown(self, house, spent, signed_in):
        client, address = signed_in(house.controller), reverse("erp:report_budget_variance")
        assert f'value="{spent.pk}" selected' in client.get(address).content.decode()
        assert client.get(address).status_code == 200

    def test_the_number_of_statements_does_not_depend_on_the_rows(self, house, spent, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            budget_variance(company_id=house.company.pk, budget=Budget.objects.select_related("year").get(pk=spent.pk), on=DAY)

    def test_what_a_version_changed(self, house, spent):
        renew_budget(spent, actor=house.accountant)
        newer = Budget.objects.get(edition=2)
        save_cells(budget=newer, cells=[house.cell("120", month=4)], actor=house.accountant)
        table = budget_changes(company_id=house.company.pk, before=spent, after=newer)
        assert [(row["code"], row["before"], row["after"], row["change"]) for row in table.rows] == [(RENT, 100, 120, 20)]


class TestRecords:
    def test_the_way_of_a_budget_by_its_pages(self, house, signed_in):
        writer, approver = signed_in(house.accountant), signed_in(house.controller)
        answer = writer.post(reverse("erp:budget_add"), {
            "name": "Costs", "year": house.year.pk, "kind": "expense", "control_request": "none", "control_order": "none", "control_actual": "warn",
            "control_span": "year"})
        assert answer.status_code == 302, answer.content.decode()[-3000:]
        budget = Budget.objects.get()
        save_cells(budget=budget, cells=[house.cell("100")], actor=house.accountant)
        approve = reverse("erp:budget_transition", args=[budget.pk, "approve"])
        assert writer.post(approve).status_code == 403
        assert approver.post(approve).status_code == 302
        assert approver.post(reverse("erp:budget_transition", args=[budget.pk, "activate"])).status_code == 302
        page = approver.get(reverse("erp:budget_detail", args=[budget.pk])).content.decode()
        assert reverse("erp:budget_grid", args=[budget.pk]) in page
        assert writer.post(reverse("erp:budget_transition", args=[budget.pk, "renew"])).status_code == 302
        assert Budget.objects.get(edition=2).status == "draft"

    def test_a_budget_of_a_closed_year_is_refused_at_the_field(self, house, signed_in):
        Period.objects.filter(year=house.year, is_closing=False).update(status="closed")
        values = {"name": "Late", "year": house.year.pk, "kind": "expense", "control_request": "none", "control_order": "none", "control_actual": "warn",
                  "control_span": "year"}
        answer = signed_in(house.accountant).post(reverse("erp:budget_add"), values)
        assert (answer.status_code, Budget.objects.count()) == (422, 0)
        assert "The fiscal year is closed" in answer.content.decode()
        answer = signed_in(house.accountant).post(reverse("erp-api:budget-list"), json.dumps(values), content_type="application/json")
        assert (answer.status_code, Budget.objects.count()) == (422, 0)

    def test_an_override_is_given_on_the_page_the_document_leads_to(self, house, signed_in):
        house.active(control_actual="block", control_span="period")
        entry, client = house.typed("130"), signed_in(house.controller)
        page = client.get(reverse("erp:journalentry_detail", args=[entry.pk])).content.decode()
        assert f"document_key=erp.journalentry%3A{entry.pk}" in page
        refused = signed_in(house.accountant).post(reverse("erp:journalentry_transition", args=[entry.pk, "post"]))
        assert (refused.status_code, "would be 130.00" in refused.content.decode()) == (422, True)
        answer = client.post(reverse("erp:budgetoverride_add"), {"document_key": entry.key, "amount": "30", "reason": "Flood"})
        assert (answer.status_code, BudgetOverride.objects.get().approved_by) == (302, house.controller)
        assert signed_in(house.accountant).post(reverse("erp:budgetoverride_add"), {}).status_code == 403
        assert signed_in(house.accountant).post(reverse("erp:journalentry_transition", args=[entry.pk, "post"])).status_code == 302
        assert "Allowed" in client.get(reverse("erp:journalentry_detail", args=[entry.pk])).content.decode()

    def test_the_refusal_of_the_own_document_is_said_on_the_page(self, house, signed_in):
        entry = house.typed("130", actor=house.controller)
        answer = signed_in(house.controller).post(reverse("erp:budgetoverride_add"), {"document_key": entry.key, "amount": "30", "reason": "Mine"})
        assert (answer.status_code, BudgetOverride.objects.count()) == (422, 0)
