"""What we owe, and to whom."""

from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Upper

from erp.ledger.models import AccountAssignment
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill
from erp.payables.models.bills import LettersAndDigits
from erp.payables.rules import same_reference
from suite.kernel.money.selectors import conversion

GONE = (SupplierBill.Status.VOID, SupplierBill.Status.REVERSED)


def bill_of_reference(bill: SupplierBill) -> SupplierBill | None:
    """Another standing bill of the same supplier, kind, year and number, as the database compares them."""
    others = SupplierBill.objects.filter(
        company_id=bill.company_id, supplier_id=bill.supplier_id, kind=bill.kind, issued_on__year=bill.issued_on.year,
    ).exclude(status__in=GONE).exclude(pk=bill.pk)
    return others.annotate(same=Upper(LettersAndDigits(F("supplier_reference")))).filter(same=same_reference(bill.supplier_reference)).first()


def books_nets(bill: SupplierBill) -> dict[int, Decimal]:
    """{line: what it put into the books}, in company currency: as posting converts it, the largest line with what rounding left."""
    lines = list(bill.lines.order_by("position"))
    rate = conversion(company_id=bill.company_id, currency_id=bill.currency_id, on=bill.issued_on)
    if not rate.is_foreign:
        return {line.pk: line.net for line in lines}
    taxes = bill.taxes.order_by("pk").values_list("amount", flat=True)
    _total, nets, _taxes = rate.all_to_books(bill.gross, [line.net for line in lines], list(taxes))
    return {line.pk: net for line, net in zip(lines, nets, strict=True)}


def payable_accounts(company_id: int) -> QuerySet[AccountAssignment]:
    """The accounts (keys) of what suppliers are owed and of what they had in advance."""
    return AccountAssignment.objects.filter(company_id=company_id, role__in=(AccountRole.AP, AccountRole.SUPPLIER_ADVANCES)).values("account")

