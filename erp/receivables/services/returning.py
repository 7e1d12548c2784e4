"""Advances paid back to customers."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.receivables.models import CustomerPayment
from erp.receivables.services.advances import left_of_advance
from erp.receivables.services.payments import STANDING, post_payment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.writing import insert_row
from suite.kernel.users.service_user import recorded_id


@transition(
    CustomerPayment, "pay_back", source=STANDING, target=None, label=gettext_lazy("Pay back"), icon="arrow-back-up-double", order=50,
    offered=lambda payment: payment.kind == CustomerPayment.Kind.ADVANCE,
)
def pay_back_advance(payment: CustomerPayment, *, actor: Any, act: Act, amount: Decimal | None = None, on: date | None = None) -> None:
    """The mirror of L2O-1 or L2O-3 for what an advance has left, or `amount` of it (with tax): a posted refund, the result's `refund`.

    Raises Refusal: no advance, more than it has left, not above zero, closed period.
    """
    if payment.kind != CustomerPayment.Kind.ADVANCE:
        raise Refusal(_("%(payment)s is no advance; nothing was paid back.") % {"payment": payment}, hint=_("Record a refund instead."))
    _item, _tax, whole = left_of_advance(payment)
    amount = whole if amount is None else amount
    if not 0 < amount <= whole:
        raise Refusal(
            _("%(payment)s has %(left)s left as an advance; nothing was paid back.") % {"payment": payment, "left": whole}, field="amount",
            code="advance_used", hint=_("Pay back at most that much, above zero."),
        )
    refund = insert_row(CustomerPayment(
        company_id=payment.company_id, customer_id=payment.customer_id, bank_account_id=payment.bank_account_id, amount=amount,
        paid_on=on or max(timezone.localdate(), payment.paid_on), currency_id=payment.currency_id, kind=CustomerPayment.Kind.REFUND,
        method=payment.method, reference=payment.number or "", returns=payment, created_by_id=recorded_id(actor),
    ))
    payment.refund = post_payment(refund, actor=actor)
    act.payload["refund_id"] = payment.refund.pk
