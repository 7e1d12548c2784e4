"""What is checked when holds and cheque books are saved."""

from typing import Any

from django.utils.translation import gettext as _

from erp.paymentruns.models import ChequeBook, PaymentHold
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal


@editing(PaymentHold)
def check_hold(hold: PaymentHold, *, actor: Any) -> None:
    """Raises Refusal for a bill of another supplier."""
    if hold.bill is not None and hold.bill.supplier_id != hold.supplier_id:
        raise Refusal(
            _("%(bill)s is no bill of %(supplier)s; nothing was saved.") % {"bill": hold.bill, "supplier": hold.supplier}, field="bill", code="foreign_bill",
            hint=_("Choose one of the supplier's bills."),
        )


@editing(ChequeBook)
def check_cheque_book(book: ChequeBook, *, actor: Any) -> None:
    """Raises Refusal where another book of the account has some of its numbers."""
    others = ChequeBook.objects.filter(bank_account_id=book.bank_account_id).exclude(pk=book.pk)
    if (other := others.filter(first_number__lte=book.last_number, last_number__gte=book.first_number).first()) is not None:
        raise Refusal(
            _("The cheques %(book)s of this account are in another book; nothing was saved.") % {"book": other}, field="first_number", code="cheques_twice",
            hint=_("Enter the numbers as they are printed on the cheques."),
        )
