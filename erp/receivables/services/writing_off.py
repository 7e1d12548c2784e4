"""Receivables that will not be paid."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import CustomerInvoice, OpenItem
from erp.receivables.rules import Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import settle_against
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, proportion, round_money


@transition(
    CustomerInvoice, "write_off", source={CustomerInvoice.Status.POSTED}, target=None, label=gettext_lazy("Write off"), icon="eraser",
    is_dangerous=True, order=70,
)
def write_off(invoice: CustomerInvoice, *, actor: Any, act: Act, on: date | None = None, tax_relief: bool = True, reason: str = "") -> None:
    """O2C-13: what the invoice has open becomes bad debt, its tax taken back with relief, borne without. Raises Refusal: nothing open."""
    on = on or max(timezone.localdate(), invoice.issued_on)
    items = list(OpenItem.objects.filter(entry_id=invoice.entry_id, open_currency__gt=0).order_by("due_on", "pk"))
    foreign = sum((item.open_currency for item in items), ZERO)
    left = sum((item.open_amount for item in items), ZERO)
    if not foreign:
        raise Refusal(_("%(invoice)s has nothing open; nothing was done.") % {"invoice": invoice}, code="nothing_open")
    entry = begin_entry(
        company_id=invoice.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor,
        description=f"Write-off {invoice.number} {reason}".strip(),
    )
    facts = posting_facts(invoice.company_id)
    tax = round_money(left * invoice.tax / invoice.gross, facts.digits) if tax_relief else ZERO
    plan = Plan()
    tax_foreign = proportion(foreign, tax, left, invoice.currency.digits) if left else ZERO
    for role, amount, in_its_own in (
        (AccountRole.BAD_DEBT, left - tax, foreign - tax_foreign), (AccountRole.OUTPUT_TAX, tax, tax_foreign), (AccountRole.AR, -left, -foreign),
    ):
        is_foreign = invoice.currency_id != facts.currency_id
        plan.add(
            role, amount, party_id=invoice.customer_id if role == AccountRole.AR else None,
            **({"currency_id": invoice.currency_id, "amount_currency": in_its_own} if is_foreign else {}),
        )
    lost = open_item(
        entry, facts, party_id=invoice.customer_id, kind=OpenItem.Kind.WRITE_OFF, document_key=invoice.key, amount=-left, issued_on=on,
        currency_id=invoice.currency_id, amount_currency=-foreign,
    )
    OpenItem.objects.bulk_create([lost])
    write_plan(entry, plan, facts, actor=actor)
    settle_against(credit_items=[lost], debit_items=items, on=on)
    invoice.refresh_from_db(fields=("payment_status",))
    act.payload["amount"] = str(left)
