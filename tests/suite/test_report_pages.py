"""Reports on the page and on paper: every report prints, gives the same figures by API, and can be read by keyboard."""

import csv
import io
from datetime import date

import pytest
from django import forms
from django.urls import reverse
from pypdf import PdfReader

from suite.kernel.documents.errors import Refusal
from suite.resources.report_tables import Column, Table, printed_rows
from suite.resources.reporting import AsOfForm, PeriodForm, ReportView, reports
from suite.resources.times import neighbours
from tests.factories.base import make_user
from tests.factories.payables import Buying
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    made = Trade()
    made.invoice(made.line(kind="service"))
    return made


@pytest.fixture
def reader(trade, client):
    client.force_login(make_user(trade.company))
    return client


def content(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def api(view: type[ReportView]) -> str:
    return f"/api/v1/{view.app}/reports/{view.slug}/"


@pytest.mark.parametrize("view", reports(), ids=lambda view: view.slug)
def test_every_report_answers_by_api_and_prints(view, reader, trade):
    """Where it needs a choice that has no default, it says which at the field, and nothing is printed."""
    page, data = reader.get(reverse(view.url_name()), {"format": "pdf"}), reader.get(api(view))
    assert page.status_code == data.status_code
    if page.status_code == 200:
        assert page["Content-Type"] == "application/pdf"
        assert page.content.startswith(b"%PDF-")
        assert set(data.json()) == {"columns", "rows", "totals", "currency", "facts", "note"}
    else:
        assert page.status_code == 400
        assert data.json()["errors"][0]["pointer"] != "/"


@pytest.mark.parametrize("slug", ["trial-balance", "balance-sheet", "profit-and-loss", "aged-receivables", "cash-flow", "cash-forecast"])
def test_the_same_figures_on_the_page_by_api_and_in_the_file(slug, reader, trade):
    view = next(one for one in reports() if one.slug == slug)
    asked = {"on": DAY.isoformat()} if "on" in view.form_class().fields else {"starts_on": "2026-01-01", "ends_on": DAY.isoformat()}
    rows = list(csv.reader(io.StringIO(content(reader.get(reverse(view.url_name()), {**asked, "format": "csv"})).decode("utf-8-sig"))))[1:]
    found = reader.get(api(view), asked).json()
    said = [*found["rows"], *([found["totals"]] if found["totals"] else [])]
    assert len(rows) == len(said)
    for row, values in zip(rows, said, strict=True):
        for cell, column in zip(row, found["columns"], strict=True):
            if column["kind"] == "money":
                assert float(cell or 0) == float(values[column["name"]] or 0)


def test_a_wide_table_lies_across_and_a_long_one_has_its_head_on_every_page(reader, trade):
    class Wide(ReportView):
        title = "Wide"

    def paper(columns, rows):
        table = Table([Column(f"c{number}", f"Column {number}", "money") for number in range(columns)], [
            {f"c{number}": 1234567 for number in range(columns)} for _row in range(rows)])
        view = Wide()
        return view.export(table, "pdf", None, make_user(trade.company)).content

    across, upright = PdfReader(io.BytesIO(paper(14, 3))).pages[0].mediabox, PdfReader(io.BytesIO(paper(3, 3))).pages[0].mediabox
    assert across.width > across.height
    assert upright.width < upright.height
    pages = PdfReader(io.BytesIO(paper(3, 200))).pages
    assert len(pages) >= 3
    assert all("Column 1" in page.extract_text() for page in pages)
    assert f"{len(pages)}" in pages[-1].extract_text()


def test_too_many_rows_for_paper_are_refused_with_the_way_out(reader, trade):
    view = next(one for one in reports() if one.slug == "journal")()

    with pytest.raises(Refusal, match="more rows"):
        view.export(Table([Column("a", "A")], [{"a": "x"}] * 5001), "pdf", None, make_user(trade.company))


def test_another_format_is_refused(reader):
    answer = reader.get(reverse("erp:report_trial_balance"), {"format": "exe"})
    assert answer.status_code == 400


def test_headings_totals_and_empty_cells_are_printed_as_on_the_page():
    table = Table([Column("what", "What"), Column("amount", "Amount", "money")], [
        {"what": "Assets", "amount": None, "is_heading": True}, {"what": "Bank", "amount": -5, "level": 1}], {"what": "Total", "amount": -5})

    heading, bank, total = printed_rows(table)

    assert (heading["cells"], heading["is_heading"]) == (["Assets", ""], True)
    assert (bank["cells"], bank["level"]) == (["Bank", "-5.00"], 1)
    assert total["is_total"]


@pytest.mark.parametrize(("first", "last", "before", "after"), [
    ("2026-03-01", "2026-03-31", ("2026-02-01", "2026-02-28"), ("2026-04-01", "2026-04-30")),
    ("2026-01-01", "2026-12-31", ("2025-01-01", "2025-12-31"), ("2027-01-01", "2027-12-31")),
    ("2026-03-05", "2026-03-11", ("2026-02-26", "2026-03-04"), ("2026-03-12", "2026-03-18")),
])
def test_the_times_next_to_a_period(first, last, before, after):
    earlier, later = neighbours(PeriodForm({"starts_on": first, "ends_on": last}))
    assert (tuple(earlier.values()), tuple(later.values())) == (before, after)


@pytest.mark.parametrize(("on", "before", "after"), [("2026-03-31", "2026-02-28", "2026-04-30"), ("2026-03-10", "2026-02-28", "2026-03-31")])
def test_the_times_next_to_a_day(on, before, after):
    assert [time["on"] for time in neighbours(AsOfForm({"on": on}))] == [before, after]


def test_a_report_without_a_time_has_no_neighbours():
    assert neighbours(None) is None
    assert neighbours(type("F", (forms.Form,), {})({})) is None


def test_the_page_leads_to_earlier_and_later_and_keeps_the_rest(reader):
    page = reader.get(reverse("erp:report_profit_and_loss"), {"starts_on": "2026-03-01", "ends_on": "2026-03-31", "compare": "year"}).content.decode()
    assert "starts_on=2026-02-01&amp;ends_on=2026-02-28&amp;compare=year" in page
    assert 'data-key="]"' in page


def test_every_row_of_a_bill_leads_to_its_document(client):
    buying = Buying()
    buying.bill()
    client.force_login(buying.actor)
    page = client.get(reverse("erp:report_supplier_statement"), {
        "supplier": buying.supplier.pk, "starts_on": "2026-01-01", "ends_on": date(2026, 12, 31).isoformat()}).content.decode()
    assert 'class="record-link" href="/erp/journal-entries/' in page
