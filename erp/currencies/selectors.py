"""What is owed and held in foreign currency."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from erp.banking.models import BankAccount
from erp.currencies.rules import Held, Valued, in_a_year, value
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.money.selectors import conversion

# Advances are not money to come, they keep their rate. `left` is what a day left open, whatever was allocated since.
_ITEMS = """
    WITH item AS (
        SELECT o.id, o.account_id, o.party_id, o.currency_id, o.kind, o.due_on, o.document_key,
               o.amount - coalesce(sum(CASE WHEN a.debit_item_id = o.id THEN a.amount ELSE -a.amount END), 0) AS left_amount,
               o.amount_currency - coalesce(sum(CASE WHEN a.debit_item_id = o.id THEN a.amount_currency ELSE -a.amount_currency END), 0) AS left_currency
          FROM erp_openitem o
          JOIN kernel_company c ON c.id = o.company_id AND c.currency_id <> o.currency_id
          JOIN erp_journalentry e ON e.id = o.entry_id AND e.ledger_date <= %(on)s AND e.status = 'posted'
          LEFT JOIN erp_allocation a ON (a.debit_item_id = o.id OR a.credit_item_id = o.id) AND a.allocated_on <= %(on)s
         WHERE o.company_id = %(company)s
           AND o.account_id NOT IN (SELECT account_id FROM erp_accountassignment
                                     WHERE company_id = %(company)s AND role IN ('CUSTOMER_ADVANCES', 'SUPPLIER_ADVANCES', 'EMPLOYEE_ADVANCES'))
         GROUP BY o.id
    )
    SELECT i.id, i.account_id, i.party_id, i.currency_id, i.due_on, i.left_currency, i.left_amount,
           coalesce((SELECT sum(r.left_amount) FROM item r WHERE r.kind = 'revaluation' AND r.document_key = 'erp.openitem:' || i.id), 0)
      FROM item i WHERE i.kind <> 'revaluation'
       AND (i.left_currency <> 0 OR EXISTS (SELECT 1 FROM item r WHERE r.kind = 'revaluation' AND r.left_amount <> 0
                                             AND r.document_key = 'erp.openitem:' || i.id))
     ORDER BY i.currency_id, i.party_id, i.id"""

_MONEY = """
    SELECT b.id, b.account_id, b.currency_id,
           coalesce(sum(l.amount_currency) FILTER (WHERE l.currency_id = b.currency_id), 0), coalesce(sum(l.debit - l.credit), 0)
      FROM erp_bankaccount b JOIN kernel_company c ON c.id = b.company_id AND c.currency_id <> b.currency_id
      LEFT JOIN erp_journalline l ON l.account_id = b.account_id AND l.ledger_date <= %(on)s
     WHERE b.company_id = %(company)s GROUP BY b.id ORDER BY b.code"""


def foreign_items(company_id: int, on: date) -> list[Held]:
    """Receivables and payables in foreign currency as a day left them, each with what earlier revaluations still add to it."""
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, {"company": company_id, "on": on})
        return [
            Held(
                currency, foreign, left + revalued, account, open_item_id=pk, party_id=party, due_on=due_on, document_key=f"erp.openitem:{pk}",
                revalued=revalued,
            )
            for pk, account, party, currency, due_on, foreign, left, revalued in cursor.fetchall()
        ]


def foreign_money(company_id: int, on: date) -> list[Held]:
    """Balances of bank and cash accounts in foreign currency at the end of a day.

    Raises Refusal where accounts of different currencies share a ledger account: nobody could say what is whose.
    """
    accounts = list(BankAccount.objects.filter(company_id=company_id).select_related("account").order_by("code"))
    for account in accounts:
        other = next((one for one in accounts if one.account_id == account.account_id and one.pk != account.pk), None)
        currencies = {one.currency_id for one in accounts if one.account_id == account.account_id}
        if other and (len(currencies) > 1 or account.currency_id != Company.objects.values_list("currency", flat=True).get(pk=company_id)):
            raise Refusal(
                _("%(one)s and %(other)s stand on the same ledger account %(account)s; nothing was revalued.")
                % {"one": account, "other": other, "account": account.account}, code="shared_account",
                hint=_("Give each bank account in foreign currency a ledger account of its own."),
            )
    with connection.cursor() as cursor:
        cursor.execute(_MONEY, {"company": company_id, "on": on})
        return [Held(currency, foreign, carried, account, bank_account_id=pk) for pk, account, currency, foreign, carried in cursor.fetchall()]


def valuation(company_id: int, on: date) -> list[Valued]:
    """Everything monetary in foreign currency whose worth at the rates of a day differs from the books. Raises Refusal: a rate is missing."""
    company = Company.objects.get(pk=company_id)
    until = in_a_year(on) if company.reval_gains == Company.RevalGains.WITHIN_ONE_YEAR else None
    held = [*foreign_items(company_id, on), *foreign_money(company_id, on)]
    rates = {
        currency: conversion(company_id=company_id, currency_id=currency, on=on) for currency in sorted({one.currency_id for one in held})
    }
    valued = [value(one, rates[one.currency_id], gains_until=until) for one in held]
    return [one for one in valued if one.difference]


def total(valued: list[Valued]) -> tuple[Decimal, Decimal]:
    """(gains, losses), both above zero."""
    return (
        sum((one.difference for one in valued if one.difference > 0), ZERO), -sum((one.difference for one in valued if one.difference < 0), ZERO),
    )


def unvalued(company_id: int, on: date, most: int = 20) -> tuple[str, ...]:
    """What stands in the way of closing: items and accounts that the books do not have at the rates of a day, in words; or the missing rate."""
    try:
        found = valuation(company_id, on)
    except Refusal as refusal:
        return (refusal.message,)
    return tuple(f"{one.held.currency_id} {one.held.amount_currency}: {one.held.carried} → {one.worth}" for one in found[:most])
