"""What we owe, and to whom."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import Upper

from erp.ledger.models import AccountAssignment
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill
from erp.payables.models.bills import LettersAndDigits
from erp.payables.rules import same_reference

GONE = (SupplierBill.Status.VOID, SupplierBill.Status.REVERSED)


def bill_of_reference(bill: SupplierBill) -> SupplierBill | None:
    """Another standing bill of the same supplier, kind, year and number, as the database compares them."""
    others = SupplierBill.objects.filter(
        company_id=bill.company_id, supplier_id=bill.supplier_id, kind=bill.kind, issued_on__year=bill.issued_on.year,
    ).exclude(status__in=GONE).exclude(pk=bill.pk)
    return others.annotate(same=Upper(LettersAndDigits(F("supplier_reference")))).filter(same=same_reference(bill.supplier_reference)).first()


def bills_alike(bill: SupplierBill) -> QuerySet[SupplierBill]:
    """Standing bills of the same supplier over the same total on the same day, under another number: perhaps the same one."""
    return SupplierBill.objects.filter(
        company_id=bill.company_id, supplier_id=bill.supplier_id, kind=bill.kind, issued_on=bill.issued_on, gross=bill.gross,
    ).exclude(status__in=GONE).exclude(pk=bill.pk).order_by("pk")


def payable_accounts(company_id: int) -> QuerySet[AccountAssignment]:
    """The accounts (keys) of what suppliers are owed and of what they had in advance."""
    return AccountAssignment.objects.filter(company_id=company_id, role__in=(AccountRole.AP, AccountRole.SUPPLIER_ADVANCES)).values("account")


_AS_OF = """
    SELECT o.party_id, p.name AS party__name, e.number AS entry__number, o.entry_id, o.issued_on, o.due_on, -o.amount, o.kind,
           coalesce(b.supplier_reference, ''),
           -o.amount + coalesce(sum(a.amount) FILTER (WHERE a.debit_item_id = o.id), 0) - coalesce(sum(a.amount) FILTER (WHERE a.credit_item_id = o.id), 0)
      FROM erp_openitem o JOIN erp_journalentry e ON e.id = o.entry_id JOIN kernel_party p ON p.id = o.party_id
      LEFT JOIN erp_supplierbill b ON b.entry_id = o.entry_id
      LEFT JOIN erp_allocation a ON (a.debit_item_id = o.id OR a.credit_item_id = o.id) AND a.allocated_on <= %(on)s
           AND NOT EXISTS (SELECT 1 FROM erp_knownallocation n WHERE n.allocation_id = a.id AND n.known_at > %(known)s::timestamptz)
     WHERE o.company_id = %(company)s AND e.ledger_date <= %(on)s AND (%(party)s::bigint IS NULL OR o.party_id = %(party)s)
       AND o.account_id IN (SELECT x.account_id FROM erp_accountassignment x
                             WHERE x.company_id = o.company_id AND x.role IN ('AP', 'SUPPLIER_ADVANCES'))
       AND NOT EXISTS (SELECT 1 FROM erp_knownentry n WHERE n.entry_id = e.id AND n.known_at > %(known)s::timestamptz)
     GROUP BY o.id, p.name, e.number, b.supplier_reference
    HAVING o.amount - coalesce(sum(a.amount) FILTER (WHERE a.debit_item_id = o.id), 0)
         + coalesce(sum(a.amount) FILTER (WHERE a.credit_item_id = o.id), 0) <> 0
     ORDER BY p.name, o.due_on, o.id"""


def payables_as_of(company_id: int, on: date, party_id: int | None = None, *, known_at: datetime | None = None) -> list[dict[str, Any]]:
    """What was owed to suppliers at a date, as it stood then and as known at a time (None: now); owed above zero, credits and advances below.

    `left` is what was open.
    """
    names = ("party_id", "party__name", "entry__number", "entry_id", "issued_on", "due_on", "amount", "kind", "reference", "left")
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, {"company": company_id, "on": on, "party": party_id, "known": known_at})
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
