"""E12: any number of dimensions on lines, required by account, enforced by the database at the seal; reports filter and group by them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from erp.closing.services import close_year
from erp.dimensions.models import Dimension, DimensionRule, DimensionValue, JournalLineDimension
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.ledger.reports import general_ledger, profit_and_loss, result_by_dimension, trial_balance
from erp.ledger.services import EntryLine, post_entry, post_manual_entry, reverse_manual_entry
from suite.kernel.calendars.models import FiscalYear
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_company, make_user
from tests.factories.books import make_books

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
DAY, YEAR = date(2026, 3, 10), {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


@pytest.fixture
def books():
    """Cost centres 1 (with 11 and 12 below it) and 2; projects A and B."""
    company = make_books()
    company.clerk = make_user(company, "finance")
    company.centre, company.project = (Dimension.objects.create(company=company, code=code, name=name) for code, name in (("CC", "Centre"), ("PRJ", "Project")))
    company.values = {}
    for dimension, code, parent in (
        (company.centre, "1", None), (company.centre, "11", "1"), (company.centre, "12", "1"), (company.centre, "2", None),
        (company.project, "A", None), (company.project, "B", None),
    ):
        company.values[code] = DimensionValue.objects.create(
            company=company, dimension=dimension, code=code, name=f"Value {code}", parent=company.values.get(parent))
    return company


def spend(books, amount, *codes, role="EXPENSE", on=DAY):
    values = tuple(books.values[code].pk for code in codes)
    return post_entry(
        company_id=books.pk, journal_kind="general", ledger_date=on, description="Spent", actor=books.clerk,
        lines=[EntryLine(role, amount=Decimal(amount), dimensions=values), EntryLine("BANK", amount=-Decimal(amount))],
    )


def typed(books, text, amount="80"):
    entry = JournalEntry(company=books, journal=Journal.objects.get(company=books, code="GEN"), ledger_date=DAY, description="Rent")
    accounts = {code: Account.objects.get(company=books, code=code) for code in ("6100", "1010")}
    return save_record(entry, actor=books.clerk, lines=[("entry", [
        JournalLine(account=accounts["6100"], debit=Decimal(amount), dimensions=text), JournalLine(account=accounts["1010"], credit=Decimal(amount)),
    ], [])])


def said(entry):
    """{position of a line: what it says, and what stands in the table}."""
    return {
        line.position: (line.dimensions, sorted(f"{v.dimension.code}:{v.value.code}" for v in line.values.select_related("dimension", "value")))
        for line in JournalLine.objects.filter(entry=entry).order_by("position")
    }


def test_services_post_values_by_key_and_lines_say_their_codes(books):
    entry = spend(books, 80, "B", "11")
    assert said(entry) == {1: ("CC:11 PRJ:B", ["CC:11", "PRJ:B"]), 2: ("", [])}


def test_equal_accounts_with_other_values_stay_apart(books):
    entry = post_entry(
        company_id=books.pk, journal_kind="general", ledger_date=DAY, description="Spent", actor=books.clerk, lines=[
            EntryLine("EXPENSE", amount=Decimal(30), dimensions=(books.values["11"].pk,)),
            EntryLine("EXPENSE", amount=Decimal(50), dimensions=(books.values["2"].pk,)),
            EntryLine("EXPENSE", amount=Decimal(20), dimensions=(books.values["11"].pk,)), EntryLine("BANK", amount=Decimal(-100)),
        ],
    )
    assert sorted(entry.lines.values_list("debit", "dimensions")) == [(0, ""), (50, "CC:11"), (50, "CC:2")]


def test_typed_entries_take_codes_and_change_them_while_they_are_drafts(books):
    entry = typed(books, "prj:a, CC:12")
    assert said(entry)[1] == ("CC:12 PRJ:A", ["CC:12", "PRJ:A"])
    line = entry.lines.get(position=1)
    line.dimensions = "CC:2"
    save_record(entry, actor=books.clerk, lines=[("entry", [line, entry.lines.get(position=2)], [])])
    assert said(entry)[1] == ("CC:2", ["CC:2"])
    line.dimensions = ""
    line.save()
    assert said(entry)[1] == ("", [])
    line.delete()
    assert not JournalLineDimension.objects.exists()


@pytest.mark.parametrize("text", ["CC:99", "XX:1", "CC", "CC:1 CC:2", "#999999999", "CC:11 PRJ:"])
def test_unknown_or_double_values_are_refused_and_nothing_is_saved(books, text):
    with pytest.raises(DatabaseError, match="no dimension value|two values"), transaction.atomic():
        typed(books, text)
    assert not JournalEntry.objects.exists()


def test_an_inactive_value_is_refused_but_an_entry_that_bears_it_is_reversed(books):
    entry = post_manual_entry(typed(books, "CC:2"), actor=books.clerk)
    DimensionValue.objects.filter(pk=books.values["2"].pk).update(is_active=False)
    with pytest.raises(DatabaseError, match="no dimension value CC:2"), transaction.atomic():
        typed(books, "CC:2")
    reverse_manual_entry(entry, actor=books.clerk, on=DAY)
    mirror = JournalEntry.objects.get(reverses=entry)
    assert said(mirror) == {1: ("CC:2", ["CC:2"]), 2: ("", [])}


def test_a_value_of_another_company_is_none_of_ours(books):
    other = make_company()
    foreign = DimensionValue.objects.create(
        company=other, dimension=Dimension.objects.create(company=other, code="CC", name="Centre"), code="77", name="Theirs")
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        post_entry(
            company_id=books.pk, journal_kind="general", ledger_date=DAY, description="Spent", actor=books.clerk,
            lines=[EntryLine("EXPENSE", amount=Decimal(5), dimensions=(foreign.pk,)), EntryLine("BANK", amount=Decimal(-5))],
        )
    assert (refusal.value.code, f"#{foreign.pk}" in refusal.value.message) == ("dimension_value_unknown", True)


@pytest.mark.parametrize("by_type", [False, True])
def test_accounts_that_need_a_dimension_refuse_lines_without_and_name_them(books, by_type):
    which = {"account_type": "expense"} if by_type else {"account": Account.objects.get(company=books, code="6100")}
    DimensionRule.objects.create(company=books, dimension=books.centre, **which)
    with pytest.raises(Refusal) as refusal, transaction.atomic():
        spend(books, 80, "A")
    assert (refusal.value.code, refusal.value.status) == ("dimension_required", 422)
    assert "6100 General expenses: CC Centre" in refusal.value.message
    with pytest.raises(Refusal), transaction.atomic():
        post_manual_entry(typed(books, ""), actor=books.clerk)
    assert not JournalEntry.objects.filter(status="posted").exists()
    assert said(spend(books, 80, "11"))[1][0] == "CC:11"


def test_a_rule_with_a_default_fills_what_documents_leave_open(books):
    DimensionRule.objects.create(company=books, dimension=books.centre, account_type="expense", default=books.values["2"])
    DimensionRule.objects.create(
        company=books, dimension=books.centre, account=Account.objects.get(company=books, code="6400"), default=books.values["12"])
    assert said(spend(books, 80, "A")) == {1: ("CC:2 PRJ:A", ["CC:2", "PRJ:A"]), 2: ("", [])}
    assert said(spend(books, 3, role="BANK_FEES"))[1][0] == "CC:12"
    assert said(spend(books, 80, "11"))[1][0] == "CC:11"


def test_the_year_end_needs_no_dimension(books):
    spend(books, 80, "11")
    DimensionRule.objects.create(company=books, dimension=books.centre, account_type="expense")
    close_year(year=FiscalYear.objects.get(company=books, code="2026"), actor=make_user(books))
    assert result_by_dimension(company_id=books.pk, dimension=books.centre, **YEAR).totals["amount"] == -80


def test_reports_of_one_value_and_beside_each_other(books):
    spend(books, 100, "11", "A", on=date(2026, 1, 10))
    spend(books, 50, "12", "B")
    spend(books, 30, "1")
    spend(books, 20, "2")
    spend(books, 7)
    spend(books, -500, "11", role="REVENUE")
    one, eleven, twelve, two = (books.values[code] for code in ("1", "11", "12", "2"))

    table = result_by_dimension(company_id=books.pk, dimension=books.centre, **YEAR)
    assert [table.totals[name] for name in (f"value_{one.pk}", f"value_{two.pk}", "others", "amount")] == [320, -20, -7, 293]
    assert table.totals["amount"] == profit_and_loss(company_id=books.pk, **YEAR).totals["amount"]
    table = result_by_dimension(company_id=books.pk, dimension=books.centre, below=one, **YEAR)
    assert [table.totals[name] for name in (f"value_{eleven.pk}", f"value_{twelve.pk}", "others", "amount")] == [400, -50, -30, 320]

    assert profit_and_loss(company_id=books.pk, value=books.values["A"], **YEAR).totals["amount"] == -100
    found = trial_balance(company_id=books.pk, on=YEAR["ends_on"], starts_on=date(2026, 2, 1), value=one)
    assert {row["code"]: (row["opening"], row["debit"], row["closing"]) for row in found.rows} == {"4000": (0, 0, -500), "6100": (100, 80, 180)}
    ledger = general_ledger(
        company_id=books.pk, account=Account.objects.get(company=books, code="6100"), starts_on=date(2026, 2, 1), ends_on=YEAR["ends_on"], value=one)
    assert [(row["balance"], row.get("dimensions")) for row in ledger.rows] == [(100, None), (150, "CC:12 PRJ:B"), (180, "CC:1")]


def test_pages_and_api_show_the_same_and_offer_only_own_values(client, books):
    spend(books, 80, "11")
    other = make_company()
    stranger = DimensionValue.objects.create(
        company=other, dimension=Dimension.objects.create(company=other, code="CC", name="Centre"), code="77", name="Theirs")
    client.force_login(books.clerk)
    query = {"dimension": books.centre.pk, "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    page = client.get(reverse("erp:report_result_by_dimension"), query)
    assert (page.status_code, "1 Value 1" in page.content.decode()) == (200, True)
    told = client.get(reverse("erp-api:report_result_by_dimension"), query).json()
    assert Decimal(told["totals"]["amount"]) == Decimal(told["totals"][f"value_{books.values['1'].pk}"]) == -80
    year = {"starts_on": "2026-01-01", "ends_on": "2026-12-31"}
    assert client.get(reverse("erp-api:report_profit_and_loss"), {**year, "value": stranger.pk}).status_code == 400
    wrong = client.get(reverse("erp-api:report_result_by_dimension"), {**query, "below": books.values["A"].pk})
    assert (wrong.status_code, "another dimension" in wrong.content.decode()) == (400, True)
    assert client.get(reverse("erp:journalentry_detail", args=[JournalEntry.objects.get().pk])).status_code == 200


def test_the_form_says_which_value_is_unknown(client, books):
    client.force_login(books.clerk)
    accounts = {code: Account.objects.get(company=books, code=code).pk for code in ("6100", "1010")}
    sent = {
        "journal": Journal.objects.get(company=books, code="GEN").pk, "ledger_date": "2026-03-10", "lines-TOTAL_FORMS": 2, "lines-INITIAL_FORMS": 0,
        "lines-0-account": accounts["6100"], "lines-0-debit": "80", "lines-0-credit": "0", "lines-0-dimensions": "CC:99",
        "lines-1-account": accounts["1010"], "lines-1-debit": "0", "lines-1-credit": "80",
    }
    answer = client.post(reverse("erp:journalentry_add"), sent)
    assert (answer.status_code, "There is no dimension value CC:99" in answer.content.decode(), JournalEntry.objects.exists()) == (422, True, False)
    assert client.post(reverse("erp:journalentry_add"), {**sent, "lines-0-dimensions": "CC:11"}).status_code == 302
    assert said(JournalEntry.objects.get())[1] == ("CC:11", ["CC:11"])


def test_companies_without_dimensions_send_no_statement_more(books, django_assert_num_queries):
    spend(books, 1)
    with django_assert_num_queries(6) as asked:
        spend(books, 1)
    assert not any("dimension" in query["sql"].split("VALUES")[0].replace('"dimensions"', "") for query in asked.captured_queries)


@pytest.fixture
def as_application(books):
    spend(books, 80, "11")
    DimensionRule.objects.create(company=books, dimension=books.centre, account_type="expense")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute('SET ROLE "suite_app"')
    yield books
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.parametrize("attack", [
    "INSERT INTO erp_journallinedimension (company_id, line_id, dimension_id, value_id) SELECT company_id, line_id, dimension_id, value_id"
    " FROM erp_journallinedimension",
    "UPDATE erp_journallinedimension SET value_id = value_id", "DELETE FROM erp_journallinedimension",
    "UPDATE erp_journalline SET dimensions = 'CC:2' WHERE dimensions <> ''", "UPDATE erp_journalline SET dimensions = ''",
    "UPDATE erp_dimensionvalue SET parent_id = id WHERE code = '1'",
    "UPDATE erp_dimensionvalue SET parent_id = (SELECT id FROM erp_dimensionvalue WHERE code = '11') WHERE code = '1'",
    "UPDATE erp_dimensionvalue SET parent_id = (SELECT id FROM erp_dimensionvalue WHERE code = '1') WHERE code = 'A'",
    "UPDATE erp_dimensionvalue SET dimension_id = (SELECT id FROM erp_dimension WHERE code = 'PRJ') WHERE code = '2'",
    "UPDATE erp_dimensionrule SET default_id = (SELECT id FROM erp_dimensionvalue WHERE code = 'A')",
    "UPDATE erp_dimensionrule SET account_id = (SELECT min(id) FROM erp_account)",
    "DELETE FROM erp_dimensionvalue WHERE code = '11'", "ALTER TABLE erp_journalentry DISABLE TRIGGER require_dimensions",
])
def test_no_sql_changes_what_lines_bear(as_application, attack):
    def standing():
        return [list(model.objects.order_by("pk").values()) for model in (JournalLineDimension, DimensionValue, DimensionRule, JournalLine)]

    before = standing()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert standing() == before
