"""E10: budgets in versions: written, approved by somebody else, one active; refused where they make no sense."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from erp.budgets.models import Budget, BudgetLine, SeasonalKey
from erp.budgets.rules import FaultyCells, distribute, seasonal_weights
from erp.budgets.selectors import changes_between
from erp.budgets.services import activate_budget, approve_budget, close_budget, draft_budget, fill_from, import_lines, renew_budget, save_cells, withdraw_budget
from erp.budgets.services.lines import spread
from erp.budgets.services.reading import FaultyFile
from erp.closing.services import close_year
from erp.ledger.models import Account
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.documents.errors import Refusal, StaleVersion, TransitionNotAllowed

D = Decimal


def lines(budget) -> dict:
    return {
        (line.account.code, line.value.code if line.value else "", line.period.number): line.amount
        for line in BudgetLine.objects.filter(budget=budget).select_related("account", "value", "period")
    }


class TestVersions:
    def test_goes_its_way_and_the_next_version_supersedes_it(self, house):
        first = house.active()
        renew_budget(first, actor=house.accountant)
        second = Budget.objects.get(edition=2)
        assert (second.status, second.based_on, lines(second)) == ("draft", first, lines(first))

        save_cells(budget=second, cells=[house.cell("150", month=5), house.cell(None, month=6), house.cell("7", value="1")], actor=house.accountant)
        activate_budget(approve_budget(second, actor=house.controller), actor=house.controller)

        first.refresh_from_db()
        assert first.status == "superseded"
        changes = {(change.period_id, change.value_id): (change.before, change.after) for change in changes_between(first.pk, second.pk)}
        assert changes == {
            (house.periods[4].pk, None): (D(100), D(150)), (house.periods[5].pk, None): (D(100), None),
            (house.periods[2].pk, house.values["1"].pk): (None, D(7)),
        }
        assert close_budget(second, actor=house.controller).status == "closed"

    def test_an_older_version_does_not_replace_a_newer_one(self, house):
        older = approve_budget(house.draft(), actor=house.controller)
        house.active()
        with pytest.raises(Refusal) as refusal:
            activate_budget(older, actor=house.controller)
        assert refusal.value.code == "newer_is_active"

    def test_whoever_wrote_it_does_not_approve_it(self, house):
        budget = house.draft()
        save_cells(budget=budget, cells=[house.cell("1")], actor=house.controller)
        for person in (house.controller, house.accountant):
            with pytest.raises((Refusal, PermissionError, Exception)) as refusal:
                approve_budget(budget, actor=person)
            assert refusal.type.__name__ in {"Refusal", "PermissionDenied"}
        budget.refresh_from_db()
        assert (budget.status, budget.approved_by) == ("draft", None)

    def test_a_second_active_version_is_refused_by_the_database(self, house):
        house.active()
        other = approve_budget(house.draft(), actor=house.controller)
        with pytest.raises(IntegrityError, match="budget_active_once"), transaction.atomic():
            Budget.objects.filter(pk=other.pk).update(status="active")
        assert Budget.objects.filter(status="active").count() == 1

    def test_other_scopes_and_kinds_stand_beside_each_other(self, house):
        house.active()
        house.active(scope=house.values["1"])
        house.active(kind="result")
        assert Budget.objects.filter(status="active").count() == 3

    def test_an_approved_one_is_not_edited_but_taken_back(self, house):
        budget = approve_budget(house.draft(), actor=house.controller)
        before = lines(budget)
        with pytest.raises(TransitionNotAllowed):
            save_cells(budget=budget, cells=[house.cell("1")], actor=house.accountant)
        assert lines(budget) == before
        withdraw_budget(budget, actor=house.controller)
        assert save_cells(budget=budget, cells=[house.cell("1")], actor=house.accountant).status == "draft"

    def test_without_lines_nothing_is_approved(self, house):
        budget = draft_budget(company_id=house.company.pk, year=house.year, name="Empty", actor=house.accountant)
        with pytest.raises(Refusal) as refusal:
            approve_budget(budget, actor=house.controller)
        assert refusal.value.code == "no_lines"


class TestClosedYear:
    def test_all_periods_closed(self, house):
        draft = house.draft()
        Period.objects.filter(company=house.company, year=house.year, is_closing=False).update(status="closed")
        for act in (
            lambda: draft_budget(company_id=house.company.pk, year=house.year, name="Late", actor=house.accountant),
            lambda: save_cells(budget=draft, cells=[house.cell("1")], actor=house.accountant), lambda: approve_budget(draft, actor=house.controller),
        ):
            with pytest.raises(Refusal) as refusal:
                act()
            assert refusal.value.code == "budget_year_open"
        with pytest.raises(IntegrityError, match="closed"), transaction.atomic():
            Budget.objects.create(company=house.company, year=house.year, name="Late", edition=9)
        assert (Budget.objects.count(), lines(draft)["6100", "", 3]) == (1, D(100))

    def test_the_year_end_entry_stands(self, house):
        house.post("10")
        close_year(year=house.year, actor=house.controller)
        with pytest.raises(Refusal):
            draft_budget(company_id=house.company.pk, year=house.year, name="Late", actor=house.accountant)
        assert Budget.objects.count() == 0


class TestCells:
    def test_each_cell_that_cannot_be_taken_is_named_and_none_is_saved(self, house):
        budget = house.draft()
        before = lines(budget)
        heading = Account.objects.create(company=house.company, code="6", name="Costs", type="expense", is_heading=True)
        other_year = Period.objects.filter(company=house.company, year__code="2027", number=1).get()
        bad = [
            house.cell("1", account="4000"), house.cell("1", account="1010"), house.cell("1.005"), house.cell("1e20", month=4),
            type(house.cell("1"))(heading.pk, None, house.periods[0].pk, D(1)), type(house.cell("1"))(house.account("6100").pk, None, other_year.pk, D(1)),
        ]
        with pytest.raises(FaultyCells) as faulty:
            save_cells(budget=budget, cells=[*bad, house.cell("5", month=7)], actor=house.accountant)
        assert [(fault.account_id, fault.period_id) for fault in faulty.value.cells] == [(cell.account_id, cell.period_id) for cell in bad]
        assert "heading" in faulty.value.cells[4].message
        assert "finer than the currency" in faulty.value.cells[2].message
        assert lines(budget) == before

    def test_somebody_saved_first(self, house):
        budget = house.draft()
        save_cells(budget=budget, cells=[house.cell("1")], actor=house.accountant, expected_version=budget.version)
        with pytest.raises(StaleVersion):
            save_cells(budget=budget, cells=[house.cell("2")], actor=house.accountant, expected_version=budget.version)
        assert lines(budget)["6100", "", 3] == 1

    def test_the_number_of_statements_does_not_depend_on_the_cells(self, house, django_assert_max_num_queries):
        budget = house.draft()
        cells = [house.cell(str(at), month=month, account=code) for at, code in enumerate(("6100", "6110"), 1) for month in range(1, 13)]
        with django_assert_max_num_queries(16):
            save_cells(budget=budget, cells=cells, actor=house.accountant)
        assert len(lines(budget)) == 24


class TestSpreading:
    def test_parts_make_up_the_whole(self):
        assert distribute(D("100.00"), [D(1)] * 12, 2) == [D("8.34")] * 4 + [D("8.33")] * 8
        assert sum(distribute(D("-100.01"), seasonal_weights("8 8 8 8 8 8 4 4 10 10 10 14"), 2)) == D("-100.01")
        assert distribute(D(12), [D(-1)] + [D(1)] * 11, 2) == [D(1)] * 12

    @pytest.mark.parametrize("text", ["1 2 3", "1 1 1 1 1 1 1 1 1 1 1 x", "0 0 0 0 0 0 0 0 0 0 0 0", "1 1 1 1 1 1 1 1 1 1 1 -1", "NaN 1 1 1 1 1 1 1 1 1 1 1"])
    def test_keys_that_are_none(self, text):
        with pytest.raises(ValidationError):
            seasonal_weights(text)

    def test_by_seasonal_key_and_last_years_actuals(self, house):
        budget = house.draft()
        key = SeasonalKey.objects.create(company=house.company, name="Summer", weights="0 0 0 0 0 1 2 1 0 0 0 0")
        row = (house.account("6100").pk, None)
        assert [cell.amount for cell in spread(budget, row, D(100), str(key.pk))][5:8] == [D(25), D(50), D(25)]
        house.post("30", on=house.periods[0].starts_on.replace(year=2025))
        house.post("10", on=house.periods[1].starts_on.replace(year=2025))
        assert [cell.amount for cell in spread(budget, row, D(80), "last_year")][:3] == [D(60), D(20), D(0)]
        with pytest.raises(Refusal):
            spread(budget, row, D(80), "987654321")

    def test_copy_of_last_years_actuals_and_of_another_budget_plus_percent(self, house):
        budget = house.draft()
        row = (house.account("6100").pk, house.values["1"].pk)
        house.post("33.33", centre="11", on=house.periods[0].starts_on.replace(year=2025))
        assert [(cell.value_id, cell.period_id, cell.amount) for cell in fill_from(budget, "actual", D(10), [row])] == [
            (house.values["1"].pk, house.periods[0].pk, D("36.66"))]
        year = FiscalYear.objects.get(company=house.company, code="2027")
        next_year = draft_budget(company_id=house.company.pk, year=year, name="Next", actor=house.accountant, dimension=house.centre)
        assert [cell.amount for cell in fill_from(next_year, str(budget.pk), D(-5), [])] == [D(95)] * 12
        with pytest.raises(Refusal):
            fill_from(next_year, "actual", D(0), [(house.account("6110").pk, None)])


class TestFiles:
    def test_a_file_is_saved_and_a_german_one_too(self, house):
        budget = house.draft(house.cell("1"))
        import_lines(budget=budget, content=b"account,value,1,2\n6100,,10.50,\n6100,11,,7\n", actor=house.accountant)
        import_lines(budget=budget, content=b"account;3\n6110;1.234,50\n", actor=house.accountant)
        assert lines(budget) == {("6100", "", 1): D("10.50"), ("6100", "", 3): D(1), ("6100", "11", 2): D(7), ("6110", "", 3): D("1234.50")}

    def test_every_fault_has_row_and_column_and_nothing_is_saved(self, house):
        budget = house.draft()
        before = lines(budget)
        content = b"account,value,1,2\n9999,,1,1\n6100,XX,1,1\n4000,,1,\n6100,,1.005,abc\n6100,11,5,\n6100,11,6,\n6100\n"
        with pytest.raises(FaultyFile) as faulty:
            import_lines(budget=budget, content=content, actor=house.accountant)
        assert [(fault.row, fault.column) for fault in faulty.value.faults] == [
            (2, "account"), (3, "value"), (5, "1"), (5, "2"), (7, "1"), (8, "")]
        assert "9999" in faulty.value.hint
        with pytest.raises(FaultyFile) as faulty:
            import_lines(budget=budget, content=b"account,1\n6100,1\n4000,2\n", actor=house.accountant)
        assert [(fault.row, fault.column) for fault in faulty.value.faults] == [(3, "1")]
        assert lines(budget) == before

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"code,1\n6100,1\n", b"account,99\n6100,1\n", b"account,1,1\n6100,1,2\n", b'account,1\n"6100,1\n'])
    def test_what_is_no_such_file(self, house, content):
        with pytest.raises(FaultyFile):
            import_lines(budget=house.draft(), content=content, actor=house.accountant)
