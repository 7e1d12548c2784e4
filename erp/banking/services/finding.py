"""Which line of the statement shows a payment, asked from the payment."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from erp.banking.models import StatementLine
from erp.banking.services.matching import match_statement_line
from erp.payables.models import SupplierPayment
from erp.receivables.services.finding import statement_asked
from suite.kernel.documents.errors import Refusal


def lines_for(payment: Any) -> QuerySet[StatementLine]:
    """Open lines of the payment's account on its side, the nearest first."""
    goes_out = isinstance(payment, SupplierPayment) != (payment.kind == "refund")
    lines = StatementLine.objects.filter(
        company_id=payment.company_id, bank_account_id=payment.bank_account_id, status=StatementLine.Status.OPEN,
        **({"amount__lt": 0} if goes_out else {"amount__gt": 0}),
    )
    return lines.order_by("booked_on", "pk")


@statement_asked.answered_by
def match_with_payment(*, payment: Any, statement_line_id: int, actor: Any) -> bool:
    """Matches the line with the payment. Raises Refusal."""
    line = lines_for(payment).filter(pk=statement_line_id).first()
    if line is None:
        raise Refusal(_("There is no such open line on the payment's account; nothing was matched."), field="statement_line_id", code="line_missing")
    name = "supplier_payment_id" if isinstance(payment, SupplierPayment) else "payment_id"
    match_statement_line(line, actor=actor, _is_found=True, **{name: payment.pk})
    return True
