"""What a supplier credits."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.payables.models import SupplierBill, SupplierBillLine
from erp.payables.rules import BillLineInput
from erp.payables.services.drafting import draft_bill
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO

GONE = (SupplierBill.Status.VOID, SupplierBill.Status.REVERSED)


@transition(
    SupplierBill, "credit", source={SupplierBill.Status.POSTED}, target=None, label=gettext_lazy("Credited by supplier"), icon="receipt-refund",
    order=60,
)
def credit_bill(
    bill: SupplierBill, *, actor: Any, act: Act, supplier_reference: str, quantities: Mapping[int, Decimal] | None = None,
    issued_on: date | None = None,
) -> None:
    """A draft credit note of the supplier for the bill: all that is not credited yet, or {bill line key: units}. It is the result's
    `credit_note`; posted (P2P-10) it is set against the bill. Raises Refusal: more than was billed, a credit note, a number known already."""
    if bill.kind == SupplierBill.Kind.CREDIT_NOTE:
        raise Refusal(_("%(document)s is a credit note; nothing was done.") % {"document": bill}, hint=_("Enter a bill instead."))
    credited = dict(
        SupplierBillLine.objects.filter(corrects__bill=bill).exclude(bill__status__in=GONE).order_by()
        .values_list("corrects").annotate(total=Sum("quantity")),
    )
    lines = []
    for line in bill.lines.order_by("position"):
        left = line.quantity - credited.get(line.pk, ZERO)
        wanted = left if quantities is None else quantities.get(line.pk, ZERO)
        if abs(wanted) > abs(left):
            raise Refusal(
                _("%(line)s: %(left)s are left to credit, %(wanted)s were asked; nothing was done.") % {"line": line, "left": left, "wanted": wanted},
                field="quantities", code="more_than_billed", hint=_("Credit at most what was billed."),
            )
        if wanted:
            lines.append(BillLineInput(
                description=line.description, quantity=wanted, unit_price=line.unit_price, tax_id=line.tax_id, account_id=line.account_id,
                product_id=line.product_id, discount=line.discount, order_line_key=line.order_line_key, receipt_line_key=line.receipt_line_key,
                corrects_id=line.pk, asset_class_id=line.asset_class_id, freight_id=line.freight_id,
            ))
    if not lines:
        raise Refusal(_("%(bill)s is credited whole already; nothing was done.") % {"bill": bill}, code="nothing_to_credit")
    bill.credit_note = draft_bill(
        company_id=bill.company_id, supplier_id=bill.supplier_id, supplier_reference=supplier_reference, lines=lines, actor=actor,
        issued_on=issued_on or timezone.localdate(), currency_id=bill.currency_id, kind=SupplierBill.Kind.CREDIT_NOTE, corrects_id=bill.pk,
        prices_include_tax=bill.prices_include_tax, order_key=bill.order_key,
    )
    act.payload["credit_note_id"] = bill.credit_note.pk
