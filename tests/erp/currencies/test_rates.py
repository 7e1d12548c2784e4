"""Exchange rates: entered, imported, shown."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from suite.kernel.documents.errors import Refusal
from suite.kernel.money.models import ExchangeRate
from suite.kernel.money.rules import Conversion
from suite.kernel.money.selectors import quoted_rate
from suite.kernel.money.services import set_rate
from suite.resources.imports import read_file, run_import
from suite.resources.registry import resource_of
from tests.factories.base import make_user
from tests.factories.currencies import ForeignTrade, currency, rates
from tests.factories.trade import DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign():
    made = ForeignTrade(stock=())
    currency("GBP")
    return made


def load(trade, text, *, actor=None):
    return run_import(resource_of(ExchangeRate), read_file(text.encode(), "rates.csv"), actor=actor or trade.actor, dry_run=False)


def test_a_file_of_rates_is_loaded_and_loaded_again(foreign):
    text = "date,currency,rate\n2026-03-01,EUR,1.10\n2026-03-01,GBP,1.25\n2026-03-02,EUR,1.11\n"

    assert (load(foreign, text).added, load(foreign, text).unchanged) == (3, 3)
    assert load(foreign, text.replace("1.11", "1.12")).changed == 1
    assert quoted_rate(company_id=foreign.company.pk, currency_id="EUR", on=date(2026, 3, 5)) == (Decimal("1.12"), date(2026, 3, 2))


@pytest.mark.parametrize(("row", "column"), [
    ("2026-03-02,XXX,1.1", "Currency"), ("2026-03-02,EUR,-1", ""), ("2026-03-02,EUR,abc", "Rate"), ("02.30.2026,EUR,1.1", "Valid from"),
    ("2026-03-02,USD,1.1", ""),
])
def test_a_bad_row_is_named_with_its_column_and_nothing_is_written(foreign, row, column):
    report = load(foreign, f"date,currency,rate\n2026-03-01,EUR,1.10\n{row}\n")

    assert [problem.row for problem in report.problems] == [3]
    assert not column or report.problems[0].column == column
    assert not ExchangeRate.objects.filter(company=foreign.company).exists()


def test_a_file_without_dates_is_refused(foreign):
    assert [problem.column for problem in load(foreign, "currency,rate\nEUR,1.1\n").problems] == ["valid_from"]


def test_the_own_currency_has_no_rate(foreign):
    with pytest.raises(Refusal) as refusal:
        set_rate(company_id=foreign.company.pk, currency_id="USD", valid_from=DAY, rate=Decimal(2), actor=foreign.actor)

    assert (refusal.value.code, ExchangeRate.objects.count()) == ("own_currency", 0)


def test_a_rate_is_corrected_in_place(foreign):
    for rate in ("1.1", "1.2"):
        set_rate(company_id=foreign.company.pk, currency_id="EUR", valid_from=DAY, rate=Decimal(rate), actor=foreign.actor)

    assert ExchangeRate.objects.get(company=foreign.company).rate == Decimal("1.2")


def test_the_pages_show_the_rate_with_its_day(foreign, client):
    rates(foreign.company, "EUR", {date(2026, 3, 1): "1.10", date(2026, 3, 20): "1.05"})
    invoice = foreign.bill()
    payment = foreign.receive_money("100", on=date(2026, 3, 20))
    client.force_login(make_user(foreign.company, "finance"))

    page = client.get(reverse("erp:customerinvoice_detail", args=[invoice.pk])).content.decode()
    assert "1 EUR = 1.1 USD" in page and "110.00 USD" in page and "EXC-" in page
    assert "1 EUR = 1.05 USD" in client.get(reverse("erp:customerpayment_detail", args=[payment.pk])).content.decode()


def test_a_draft_without_a_rate_says_so(foreign, client):
    from erp.receivables.services import draft_invoice
    draft = draft_invoice(
        company_id=foreign.company.pk, customer_id=foreign.customer.pk, lines=[foreign.line("1", "10", kind="service")], currency_id="GBP",
        actor=foreign.actor)
    client.force_login(make_user(foreign.company, "finance"))

    assert "No rate of GBP" in client.get(reverse("erp:customerinvoice_detail", args=[draft.pk])).content.decode()


def test_the_largest_part_takes_the_residue_and_tax_never():
    rate = Conversion("EUR", Decimal("1.23456789"), 2, 2)

    whole, parts, taxes = rate.all_to_books(Decimal("3.30"), [Decimal(1), Decimal(1), Decimal(1)], [Decimal("0.30")])

    assert whole == Decimal("4.07") and sum(parts) + sum(taxes) == whole
    assert taxes == [Decimal("0.37")] and parts[1] == parts[2] == Decimal("1.23")
