"""Cash to come: by due date and habit, under a scenario, adding up, and judged by what came."""

from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlparse

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.compliance.models import TaxReturn
from erp.forecasting.models import CashForecast, CashForecastWeek, CashScenario, ExcludedCustomer, ScenarioItem
from erp.forecasting.reports import cash_forecast, expected_movements, forecast_accuracy, payment_habits
from erp.forecasting.rules import Expected, Source, mape, netted, sevens_of, weeks_of
from erp.forecasting.selectors import comparisons, expectations, habits_of, opening_balance
from erp.forecasting.services import take_cash_forecast
from erp.ledger.models import Account, Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.models import RecurringEntry, RecurringEntryLine
from erp.schedules.services import activate_recurring_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.factories.base import make_customer
from tests.factories.journeys import Trade as Journey
from tests.factories.payables import Buying
from tests.factories.trade import DAY, Trade

pytestmark = pytest.mark.django_db


def by_source(company, on, until=None):
    """{source: [(day, amount)]} of what is expected."""
    found: dict[str, list] = {}
    for item in expectations(company.pk, on, until or on + timedelta(days=91))[0]:
        found.setdefault(item.source.value, []).append((item.expected_on, item.amount))
    return found


def selling() -> Trade:
    """A company whose customer pays within 30 days."""
    trade = Trade()
    term = PaymentTerm.objects.create(company=trade.company, code="30", name="30 days")
    PaymentTermShare.objects.create(company=trade.company, term=term, days=30)
    trade.customer.payment_term = term
    trade.customer.save()
    return trade


def billed(trade: Trade, on: date = DAY):
    """An invoice over 110, due after 30 days."""
    return trade.invoice(trade.line(kind="service"), on=on, payment_term_id=trade.customer.payment_term_id)


def pays_late(trade: Trade, days: int, *, times: int, first: date = DAY) -> None:
    """So many invoices over 110, each paid `days` after it was due."""
    for number in range(times):
        on = first + timedelta(days=number)
        invoice = billed(trade, on)
        due_on = trade.items(invoice)[0].due_on
        trade.pay("110", on=due_on + timedelta(days=days), on_statement=True)


def booked(company, actor, on, amount, what, role=AccountRole.EXPENSE):
    """Money moved on the bank account, typed by hand."""
    return post_entry(
        company_id=company.pk, journal_kind="general", ledger_date=on, description=what, actor=actor,
        lines=[EntryLine(role=AccountRole.BANK, amount=Decimal(amount)), EntryLine(role=role, amount=-Decimal(amount))],
    )


class TestReceipts:
    def test_an_invoice_is_expected_when_it_is_due_while_nobody_has_paid_yet(self):
        trade = selling()
        invoice = billed(trade)
        due_on = trade.items(invoice)[0].due_on

        assert by_source(trade.company, DAY)["invoices"] == [(due_on, Decimal(110))]

    def test_the_customers_own_habit_shifts_it_and_says_from_how_many_payments(self):
        trade = selling()
        pays_late(trade, 9, times=3)
        invoice = billed(trade, date(2026, 6, 1))
        due_on = trade.items(invoice)[0].due_on

        habit = habits_of(trade.company.pk, date(2026, 6, 1)).of(trade.customer.pk)
        assert (habit.days_late, habit.payments, habit.is_own) == (9, 3, True)
        found = expectations(trade.company.pk, date(2026, 6, 1), date(2026, 9, 1))[0]
        (item,) = [one for one in found if one.source == Source.INVOICES]
        assert (item.expected_on, item.due_on) == (due_on + timedelta(days=9), due_on)
        assert "3" in item.why
        (row,) = payment_habits(company_id=trade.company.pk, on=date(2026, 6, 1)).rows
        assert (row["customer"], row["days"], row["payments"]) == (trade.customer.name, 9, 3)

    def test_too_few_payments_of_ones_own_leave_it_to_the_habit_of_all(self):
        trade = selling()
        pays_late(trade, 9, times=3)
        other = make_customer(trade.company)

        habit = habits_of(trade.company.pk, date(2026, 6, 1)).of(other.pk)

        assert (habit.days_late, habit.payments, habit.is_own) == (9, 3, False)

    def test_what_was_paid_later_was_open_at_the_day(self):
        trade = selling()
        invoice = billed(trade)
        due_on = trade.items(invoice)[0].due_on
        trade.pay("110", on=due_on, on_statement=True)

        assert by_source(trade.company, DAY)["invoices"] == [(due_on, Decimal(110))]
        assert "invoices" not in by_source(trade.company, due_on)

    def test_overdue_is_expected_in_a_week_and_doubtful_is_not_counted(self):
        trade = selling()
        invoice = billed(trade)
        late = trade.items(invoice)[0].due_on + timedelta(days=30)

        assert by_source(trade.company, late)["invoices"] == [(late + timedelta(days=7), Decimal(110))]
        very_late = late + timedelta(days=61)
        assert "invoices" not in by_source(trade.company, very_late)
        table = cash_forecast(company_id=trade.company.pk, on=very_late)
        assert "110.00" in table.note
        drilled = expected_movements(company_id=trade.company.pk, on=very_late, starts_on=very_late, ends_on=very_late, source="doubtful")
        assert drilled.totals["amount"] == 110

    def test_credits_are_set_off_against_the_earliest(self):
        def item(day, amount, party=1):
            return Expected(Source.INVOICES, date(2026, 3, day), Decimal(amount), "", party_id=party)

        left = netted([item(20, 100), item(10, 50), item(1, -70), item(5, 30, party=2), item(6, -99, party=3)])

        assert [(one.expected_on.day, one.amount) for one in left] == [(5, 30), (20, 80)]

    def test_a_confirmed_order_counts_until_it_is_invoiced(self):
        trade = Journey()
        order = trade.confirm()
        on = order.order_date

        (expected,) = by_source(trade.company, on)["orders"]
        assert expected[1] == Decimal(110)
        trade.dispatch(order)
        issued = date(2026, 3, 5)
        assert "orders" not in by_source(trade.company, issued)
        assert by_source(trade.company, issued)["invoices"][0][1] == Decimal(110)
        assert by_source(trade.company, on)["orders"] == [expected]  # as things stood then


class TestPayments:
    def test_a_bill_is_paid_when_due_or_at_its_discount_date_with_the_discount(self):
        buying = Buying()
        plain = buying.bill(reference="R-1")
        term = PaymentTerm.objects.create(company=buying.company, code="2/10", name="2 % 10 days", discount_percent=2, discount_days=10)
        PaymentTermShare.objects.create(company=buying.company, term=term, days=30)
        quick = buying.bill(reference="R-2", payment_term_id=term.pk)

        found = by_source(buying.company, quick.ledger_date)["bills"]
        assert sorted(found) == sorted([
            (max(plain.due_on, plain.ledger_date + timedelta(days=1)), Decimal(-110)), (quick.issued_on + timedelta(days=10), Decimal("-107.80")),
        ])
        later = quick.issued_on + timedelta(days=15)
        assert (quick.due_on, Decimal(-110)) in by_source(buying.company, later)["bills"]

    def test_tax_in_the_books_and_a_filed_return_are_owed_once(self):
        trade = selling()
        billed(trade)

        assert by_source(trade.company, DAY)["tax"] == [(date(2026, 4, 10), Decimal(-10))]
        TaxReturn.objects.create(
            company=trade.company, starts_on=date(2026, 2, 1), ends_on=date(2026, 2, 28), output_tax=7, payable=7, filed_on=date(2026, 3, 5),
            snapshot="x", status="filed")
        assert by_source(trade.company, DAY)["tax"][0] == (DAY + timedelta(days=1), Decimal(-7))

    def test_templates_and_what_was_booked_in_each_of_three_months_come_again(self):
        trade = selling()
        for month in (1, 2, 3):
            booked(trade.company, trade.actor, date(2026, month, 28), "-500", f"Wages {month}/2026")
        booked(trade.company, trade.actor, date(2026, 3, 2), "-70", "A chair")
        template = RecurringEntry.objects.create(
            company=trade.company, name="Rent", journal=Journal.objects.get(company=trade.company, kind="general"), first_on=date(2026, 4, 30))
        for place, (code, debit, credit) in enumerate((("6100", 80, 0), ("1010", 0, 80)), 1):
            RecurringEntryLine.objects.create(
                company=trade.company, template=template, position=place, account=Account.objects.get(company=trade.company, code=code), debit=debit,
                credit=credit)
        activate_recurring_entry(template, actor=trade.actor)

        found = by_source(trade.company, date(2026, 3, 31), date(2026, 6, 1))

        assert found["regular"] == [(date(2026, 4, 28), Decimal(-500)), (date(2026, 5, 28), Decimal(-500))]
        assert found["recurring"] == [(date(2026, 4, 30), Decimal(-80)), (date(2026, 5, 30), Decimal(-80))]

    def test_booked_money_counts_as_soon_as_it_is_booked(self):
        trade = selling()
        billed(trade)
        trade.pay("110")

        assert "invoices" not in by_source(trade.company, DAY)
        assert opening_balance(trade.company.pk, DAY) == (0, 110)
        table = cash_forecast(company_id=trade.company.pk, on=DAY, weeks=1)
        assert table.totals["closing"] == 110
        assert any("110.00" in value for _label, value in table.facts)


class TestTheTable:
    def test_weeks_run_from_monday_to_sunday_and_snapshots_count_sevens(self):
        assert weeks_of(date(2026, 3, 11), 2) == [(date(2026, 3, 12), date(2026, 3, 15)), (date(2026, 3, 16), date(2026, 3, 22))]
        assert weeks_of(date(2026, 3, 15), 1) == [(date(2026, 3, 16), date(2026, 3, 22))]
        assert sevens_of(date(2026, 3, 11), 2)[1] == (date(2026, 3, 19), date(2026, 3, 25))

    def test_it_runs_from_the_bank_balance_and_every_amount_leads_to_its_rows(self):
        trade = selling()
        booked(trade.company, trade.actor, date(2026, 3, 1), "1000", "Capital", AccountRole.SHARE_CAPITAL)
        billed(trade)

        table = cash_forecast(company_id=trade.company.pk, on=DAY, weeks=8)

        assert opening_balance(trade.company.pk, DAY) == (1000, 0)
        balance = Decimal(1000)
        for row in table.rows:
            balance += row["receipts"] + row["payments"]
            assert row["closing"] == balance
            for source in Source:
                if row.get(source.value):
                    query = {name: values[0] for name, values in parse_qs(urlparse(row[f"{source.value}_link"]).query).items()}
                    drilled = expected_movements(
                        company_id=trade.company.pk, on=date.fromisoformat(query["on"]), starts_on=date.fromisoformat(query["starts_on"]),
                        ends_on=date.fromisoformat(query["ends_on"]), source=query["source"])
                    assert drilled.totals["amount"] == row[source.value]
        assert balance == 1100
        assert cash_forecast(company_id=trade.company.pk, on=DAY, weeks=8, by="day").totals["closing"] == 1100

    def test_the_first_day_below_the_minimum_is_named_and_its_week_marked(self):
        trade = selling()
        booked(trade.company, trade.actor, date(2026, 3, 1), "1000", "Capital", AccountRole.SHARE_CAPITAL)
        scenario = CashScenario.objects.create(company=trade.company, name="Machine", minimum_balance=500)
        ScenarioItem.objects.create(company=trade.company, scenario=scenario, expected_on=date(2026, 3, 24), description="Machine", amount=-600)

        table = cash_forecast(company_id=trade.company.pk, on=DAY, weeks=4, scenario=scenario)

        assert table.extra["first_below"] == date(2026, 3, 24)
        assert [row["state"] for row in table.rows] == ["", "", "overdue", "overdue"]
        assert cash_forecast(company_id=trade.company.pk, on=DAY, weeks=4, scenario=scenario, minimum=Decimal(300)).extra["first_below"] is None
        assert cash_forecast(company_id=trade.company.pk, on=DAY, weeks=4).extra["first_below"] is None

    def test_a_scenario_shifts_shortens_and_leaves_out(self):
        trade = selling()
        invoice = billed(trade)
        due_on = trade.items(invoice)[0].due_on
        scenario = CashScenario.objects.create(company=trade.company, name="Late", receipts_shift_days=10, lost_share=Decimal("0.1"))

        def rows(**more):
            table = expected_movements(company_id=trade.company.pk, on=DAY, starts_on=DAY, ends_on=date(2026, 12, 31), source="invoices", **more)
            return [(row["expected_on"], row["amount"]) for row in table.rows]

        assert rows() == [(due_on, Decimal(110))]
        assert rows(scenario=scenario) == [(due_on + timedelta(days=10), Decimal(99))]
        ExcludedCustomer.objects.create(company=trade.company, scenario=scenario, customer=trade.customer)
        assert rows(scenario=scenario) == []

    def test_the_number_of_statements_does_not_grow_with_the_rows(self):
        trade = selling()
        counts = []
        for number in (1, 12):
            for day in range(number):
                billed(trade, DAY - timedelta(days=day))
            with CaptureQueriesContext(connection) as seen:
                cash_forecast(company_id=trade.company.pk, on=DAY)
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 40


class TestAccuracy:
    def test_a_forecast_is_kept_once_a_day_and_held_against_what_came(self):
        trade = selling()
        booked(trade.company, trade.actor, date(2026, 3, 1), "1000", "Capital", AccountRole.SHARE_CAPITAL)
        on = date(2026, 3, 9)
        invoice = billed(trade, date(2026, 2, 11))
        due_on = trade.items(invoice)[0].due_on
        assert on < due_on <= on + timedelta(days=7)

        forecast = take_cash_forecast(company_id=trade.company.pk, on=on, actor=trade.actor)
        assert take_cash_forecast(company_id=trade.company.pk, on=on, actor=trade.actor) == forecast
        assert (forecast.opening, CashForecastWeek.objects.filter(forecast=forecast).count()) == (1000, 13)
        trade.pay("88", on=on + timedelta(days=3), on_statement=True)

        assert comparisons(trade.company.pk, on + timedelta(days=6), (1,)) == []
        (one,) = comparisons(trade.company.pk, on + timedelta(days=7), (1, 4))
        assert (one.weeks, one.receipts, one.came, one.closing, one.balance) == (1, 110, 88, 1110, 1088)
        table = forecast_accuracy(company_id=trade.company.pk, on=on + timedelta(days=7))
        assert table.extra["mape"][1][0] == Decimal("0.25")
        assert any("25" in value for _label, value in cash_forecast(company_id=trade.company.pk, on=on + timedelta(days=7)).facts)

    def test_mape_leaves_out_weeks_where_nothing_came(self):
        assert mape([(Decimal(90), Decimal(100)), (Decimal(130), Decimal(100)), (Decimal(5), Decimal(0))]) == Decimal("0.2")
        assert mape([(Decimal(5), Decimal(0))]) is None

    def test_tomorrows_forecast_is_refused(self):
        trade = selling()
        with pytest.raises(Refusal):
            take_cash_forecast(company_id=trade.company.pk, on=date(2100, 1, 1), actor=trade.actor)
        assert CashForecast.objects.count() == 0
