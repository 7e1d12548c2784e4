"""What a tax return reports, what came after it was filed, and who holds duties that conflict."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from erp.compliance.models import TaxReturn
from erp.compliance.rules import CONFLICTS, Conflict, Reported
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.taxes.selectors import sales_bases
from suite.kernel.money.rules import ZERO
from suite.kernel.users.models import User

# Invoices and bills count on their tax date, all else on the entry's. Settlements (TAX-1) move tax to what is payable; they are no tax of their own.
_ENTRIES = """
    SELECT e.id, coalesce(i.tax_date, b.tax_date, e.ledger_date) AS day, e.number,
           -coalesce(sum(l.debit - l.credit) FILTER (WHERE l.account_id = ANY (%(output)s)), 0),
           coalesce(sum(l.debit - l.credit) FILTER (WHERE l.account_id = ANY (%(input)s)), 0)
      FROM erp_journalentry e LEFT JOIN erp_journalline l ON l.entry_id = e.id AND l.account_id = ANY (%(output)s || %(input)s)
      LEFT JOIN erp_customerinvoice i ON i.entry_id = e.id LEFT JOIN erp_supplierbill b ON b.entry_id = e.id
     WHERE e.company_id = %(company)s AND e.status = 'posted' AND coalesce(i.tax_date, b.tax_date, e.ledger_date) BETWEEN %(since)s AND %(until)s
       AND (l.id IS NOT NULL OR i.id IS NOT NULL)
       AND NOT EXISTS (SELECT 1 FROM erp_taxreturnentry x JOIN erp_taxreturn r ON r.id = x.tax_return_id
                        WHERE x.entry_id = e.id AND (r.status IN ('filed', 'paid') AND r.id <> %(own)s))
       AND NOT EXISTS (SELECT 1 FROM erp_taxreturn r WHERE r.entry_id = e.id)
     GROUP BY e.id, i.tax_date, b.tax_date ORDER BY day, e.id"""


class TaxEntry(NamedTuple):
    """An entry with the tax it puts on either side (output: credit above zero; input: debit above zero)."""

    entry_id: int
    ledger_date: date
    number: str
    output_tax: Decimal
    input_tax: Decimal


def _accounts(company_id: int) -> tuple[list[int], list[int]]:
    accounts = accounts_of(company_id)
    return (
        [row.account_id for row in accounts.assigned if row.role == AccountRole.OUTPUT_TAX],
        [row.account_id for row in accounts.assigned if row.role == AccountRole.INPUT_TAX],
    )


def unreported(company_id: int, since: date, until: date, *, own_id: int = 0) -> list[TaxEntry]:
    """Posted entries with tax (or a customer invoice without any) from a day to a day that no filed return reports."""
    output, input_ = _accounts(company_id)
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, {"company": company_id, "since": since, "until": until, "output": output, "input": input_, "own": own_id})
        return [TaxEntry(*row) for row in cursor.fetchall()]


def first_reported_day(tax_return: TaxReturn) -> date:
    """Where the company's returns begin: nothing before it is ever reported."""
    first = TaxReturn.objects.filter(company_id=tax_return.company_id).order_by("starts_on").first()
    return min(first.starts_on, tax_return.starts_on) if first else tax_return.starts_on


def reported_by(tax_return: TaxReturn) -> tuple[Reported, list[TaxEntry]]:
    """What a return would report now: the tax of its time, and of earlier entries that came after their return was filed."""
    entries = unreported(tax_return.company_id, first_reported_day(tax_return), tax_return.ends_on, own_id=tax_return.pk or 0)
    reported = Reported(
        output_tax=sum((entry.output_tax for entry in entries), ZERO), input_tax=sum((entry.input_tax for entry in entries), ZERO),
        corrections=sum((entry.output_tax - entry.input_tax for entry in entries if entry.ledger_date < tax_return.starts_on), ZERO),
    )
    reported.bases = sales_bases(tax_return.company_id, [entry.entry_id for entry in entries])
    return reported, entries


def came_after(tax_return: TaxReturn) -> list[TaxEntry]:
    """Entries dated in a filed return's time that it does not report: they were posted later, and correct it in the next return."""
    if tax_return.status not in (TaxReturn.Status.FILED, TaxReturn.Status.PAID):
        return []
    output, input_ = _accounts(tax_return.company_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRIES.replace("(r.status IN ('filed', 'paid') AND r.id <> %(own)s)", "r.id = %(own)s"),
            {"company": tax_return.company_id, "since": tax_return.starts_on, "until": tax_return.ends_on, "output": output, "input": input_,
             "own": tax_return.pk})
        return [TaxEntry(*row) for row in cursor.fetchall()]


class Breach(NamedTuple):
    """A person who holds both duties of a conflict."""

    user: User
    conflict: Conflict


def breaches(company_id: int, conflicts: Iterable[Conflict] = CONFLICTS) -> list[Breach]:
    """Everybody active in the company who holds duties that conflict. Permissions that no built domain knows hold nobody."""
    people = list(User.objects.filter(Q(company_id=company_id), is_active=True).order_by("username"))
    found = []
    for person in people:
        held = person.get_all_permissions()
        found += [Breach(person, conflict) for conflict in conflicts if conflict.first in held and conflict.second in held]
    return found
