"""What we owe, and to whom."""

from django.db.models import F, QuerySet
from django.db.models.functions import Upper

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
