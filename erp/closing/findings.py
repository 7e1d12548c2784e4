"""The items of the checklist that the built domains give: each names the guilty lines and where they are put in order."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Model, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.banking.models import StatementLine
from erp.closing.checks import Finding, closing_check
from erp.currencies.selectors import unvalued
from erp.inventory.models import StockAdjustment, StockTransfer
from erp.ledger.models import Account, JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of, balance_of
from erp.receivables.models import ClearingItem, CustomerInvoice, CustomerPayment
from erp.schedules.models import Accrual, Deferral
from erp.schedules.selectors import due
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal

AGE = timedelta(days=30)
MOST = 50


def _page(record: Model) -> str:
    return reverse(f"{record._meta.app_label}:{record._meta.model_name}_detail", args=[record.pk])


def _records(rows: QuerySet, text: Any = str) -> list[Finding]:
    return [Finding(text(row), _page(row)) for row in rows[:MOST]]


def _inside(model: type[Model], period: Period, field: str, status: str) -> QuerySet:
    return model.objects.filter(company_id=period.company_id, status=status, **{f"{field}__range": (period.starts_on, period.ends_on)}).order_by("pk")


def _ledger(account_id: int, period: Period) -> str:
    return f"{reverse('erp:report_general_ledger')}?account={account_id}&starts_on={period.starts_on}&ends_on={period.ends_on}"


def _balance(period: Period, role: AccountRole) -> list[Finding]:
    """The account's balance, with the lines of the period on it: whoever made it not zero is among them."""
    try:
        account_id = accounts_of(period.company_id).of(role)
    except Refusal:
        return []
    amount = balance_of(period.company_id, role, period.ends_on)
    if not amount:
        return []
    lines = JournalLine.objects.filter(
        company_id=period.company_id, account_id=account_id, ledger_date__range=(period.starts_on, period.ends_on),
    ).select_related("entry").order_by("-pk")
    guilty = [Finding(f"{line.entry.number} {line.entry.description}: {line.debit - line.credit:,.2f}", _page(line.entry)) for line in lines[:MOST]]
    return [Finding(f"{role.label}: {amount:,.2f}", _ledger(account_id, period)), *guilty]


@closing_check("draft_entries", _("Journal entries that are still drafts"), icon="book")
def draft_entries(period: Period) -> list[Finding]:
    return _records(_inside(JournalEntry, period, "ledger_date", "draft"), lambda entry: f"{entry} {entry.description}".strip())


@closing_check("draft_invoices", _("Customer invoices dated in the period that are still drafts"), icon="file-invoice")
def draft_invoices(period: Period) -> list[Finding]:
    return _records(_inside(CustomerInvoice, period, "issued_on", "draft"))


@closing_check("draft_payments", _("Payments that are still drafts"), icon="cash")
def draft_payments(period: Period) -> list[Finding]:
    return _records(_inside(CustomerPayment, period, "paid_on", "draft"))


@closing_check("draft_schedules", _("Accruals and deferrals that are still drafts"), icon="receipt-off")
def draft_schedules(period: Period) -> list[Finding]:
    return [
        *_records(_inside(Accrual, period, "accrued_on", "draft"), lambda row: f"{row.description}: {row.amount:,.2f}"),
        *_records(_inside(Deferral, period, "booked_on", "draft"), lambda row: f"{row.description}: {row.amount:,.2f}"),
    ]


@closing_check("statement_lines", _("Statement lines that are not matched"), icon="building-bank")
def statement_lines(period: Period) -> list[Finding]:
    return _records(_inside(StatementLine, period, "booked_on", "open"), lambda line: f"{line.booked_on} {line.amount:,.2f} {line.text}")


@closing_check("suspense", _("Suspense account is not zero"), icon="help-circle")
def suspense(period: Period) -> list[Finding]:
    return _balance(period, AccountRole.SUSPENSE)


@closing_check("revaluation", _("Foreign currency is not valued at the rates of the period's end"), icon="coins")
def unvalued_currency(period: Period) -> list[Finding]:
    """Open items and bank accounts whose worth in the books is not that of the last day's rates."""
    return [] if period.is_closing else [Finding(text) for text in unvalued(period.company_id, period.ends_on)]


@closing_check("opening_balance", _("Opening balance equity is not zero"), icon="door-enter")
def opening_balance(period: Period) -> list[Finding]:
    return _balance(period, AccountRole.OPENING_BALANCE_EQUITY)


@closing_check("clearing", _("Transfers between own accounts or landed cost clearing are not zero"), icon="arrows-exchange")
def clearing(period: Period) -> list[Finding]:
    return [*_balance(period, AccountRole.TRANSFER_CLEARING), *_balance(period, AccountRole.LANDED_CLEARING)]


def _waiting(period: Period, role: AccountRole) -> list[Finding]:
    """Lines that have stood on a clearing account for longer than 30 days by the end of the period."""
    rows = (
        ClearingItem.objects.filter(company_id=period.company_id, role=role, entry__ledger_date__lte=period.ends_on - AGE).order_by()
        .values("line_key").annotate(units=Sum("quantity"), amount=Sum("amount")).exclude(units=0).order_by("line_key")
    )
    return [Finding(f"{row['line_key']}: {row['units'].normalize():f} ({row['amount']:,.2f})", _line_page(row["line_key"])) for row in rows[:MOST]]


def _line_page(key: str) -> str:
    """The page of the document that a line's key names ("scm.shipmentline:4"); "" where it has none."""
    label, _colon, pk = key.partition(":")
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return ""
    parent = next((field for field in model._meta.fields if field.is_relation and field.related_model and field.name in label), None)
    row = model.objects.filter(pk=pk).first() if pk.isdecimal() and parent else None
    return _page(getattr(row, parent.name)) if row else ""


@closing_check("shipped_not_invoiced", _("Goods shipped and not invoiced for more than 30 days"), icon="truck-delivery")
def shipped_not_invoiced(period: Period) -> list[Finding]:
    return _waiting(period, AccountRole.GSNI)


@closing_check("received_not_billed", _("Goods received and not billed for more than 30 days"), icon="package-import")
def received_not_billed(period: Period) -> list[Finding]:
    return _waiting(period, AccountRole.GRNI)


@closing_check("outstanding", _("Payments not on the statement for more than 30 days"), icon="clock-dollar")
def outstanding(period: Period) -> list[Finding]:
    rows = CustomerPayment.objects.filter(company_id=period.company_id, status="posted", paid_on__lte=period.ends_on - AGE).order_by("paid_on", "pk")
    return _records(rows, lambda payment: f"{payment} {payment.paid_on} {payment.amount:,.2f}")


@closing_check("in_transit", _("Stock under way between warehouses for more than 30 days"), icon="truck")
def in_transit(period: Period) -> list[Finding]:
    rows = StockTransfer.objects.filter(
        company_id=period.company_id, status__in=("in_transit", "partially_received"), created_at__date__lte=period.ends_on - AGE)
    return _records(rows.order_by("pk"))


@closing_check("counts", _("Stock adjustments and counts that are not posted"), icon="clipboard-list")
def counts(period: Period) -> list[Finding]:
    return _records(_inside(StockAdjustment, period, "happened_on", "draft"))


_SUBLEDGERS = """
    SELECT a.id, a.code || ' ' || a.name || ': ' || to_char(sum(x.amount), 'FM999,999,999,990.00') FROM (
        SELECT account_id, debit - credit AS amount FROM erp_journalline WHERE company_id = %(company)s AND ledger_date IS NOT NULL
        UNION ALL SELECT account_id, -value FROM erp_stockvalue WHERE company_id = %(company)s AND %(control)s = 'stock'
        UNION ALL SELECT account_id, -open_amount FROM erp_openitem WHERE company_id = %(company)s AND %(control)s = 'item'
        UNION ALL SELECT account_id, -amount FROM erp_clearingitem WHERE company_id = %(company)s AND %(control)s = 'clearing'
    ) x JOIN erp_account a ON a.id = x.account_id WHERE a.control = %(control)s GROUP BY a.id HAVING sum(x.amount) <> 0 ORDER BY a.code"""


def _difference(period: Period, control: str) -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_SUBLEDGERS, {"company": period.company_id, "control": control})
        return [Finding(text, _ledger(pk, period)) for pk, text in cursor.fetchall()]


@closing_check("stock", _("Inventory accounts differ from stock layers"), icon="packages")
def stock(period: Period) -> list[Finding]:
    return _difference(period, Account.Control.STOCK)


@closing_check("open_items", _("Receivables or payables differ from open items"), icon="users")
def open_items(period: Period) -> list[Finding]:
    return _difference(period, Account.Control.ITEM)


@closing_check("clearing_items", _("Clearing accounts differ from their items"), icon="arrows-split")
def clearing_items(period: Period) -> list[Finding]:
    return _difference(period, Account.Control.CLEARING)


@closing_check("schedules", _("Recurring entries, deferrals or reversals that are due"), icon="repeat")
def schedules(period: Period) -> list[Finding]:
    pages = {"recurring": "erp:recurringentry_list", "deferral": "erp:deferral_list", "reversal": "erp:scheduledreversal_list"}
    return [Finding(f"{item.due_on} {item.name}", reverse(pages[item.kind])) for item in due(period.company_id, period.ends_on)[:MOST]]
