"""What is owed at a date, and a supplier's account."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from erp.payables.reports import aged_payables, supplier_statement
from erp.receivables.reports import aged_receivables

pytestmark = pytest.mark.django_db


def test_aged_payables_as_they_stood(buying):
    buying.bill()
    buying.pay("50", on=date(2026, 4, 20))
    buying.pay("30", kind="advance", on=date(2026, 4, 21))

    def totals(on):
        return {name: value for name, value in aged_payables(company_id=buying.company.pk, on=on).totals.items() if value and name != "supplier"}

    assert totals(date(2026, 4, 15)) == {"to_60": 110, "total": 110}
    assert totals(date(2026, 4, 20)) == {"to_60": 60, "total": 60}
    assert totals(date(2026, 4, 21)) == {"to_60": 60, "not_due": -30, "total": 30}
    assert aged_receivables(company_id=buying.company.pk, on=date(2026, 4, 21)).rows == []


def test_a_supplier_statement_runs_from_balance_to_balance(buying):
    buying.bill()
    buying.pay("50", on=date(2026, 4, 20))

    table = supplier_statement(company_id=buying.company.pk, supplier=buying.supplier, starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30))

    assert [row["balance"] for row in table.rows] == [Decimal(110), Decimal(60)]
    assert table.totals["balance"] == 60


def test_reports_as_known_before_a_payment_leave_it_out(buying):
    buying.bill()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        before = cursor.fetchone()[0]
    buying.pay("50", on=date(2026, 4, 20))
    on, company = date(2026, 4, 30), buying.company.pk

    def statement(**known):
        table = supplier_statement(company_id=company, supplier=buying.supplier, starts_on=date(2026, 3, 1), ends_on=on, **known)
        return table.totals["balance"]

    assert (aged_payables(company_id=company, on=on).totals["total"], statement()) == (60, 60)
    assert (aged_payables(company_id=company, on=on, known_at=before).totals["total"], statement(known_at=before)) == (110, 110)
