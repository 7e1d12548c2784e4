"""Receivables that will not be paid."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Journal, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.services.entries import begin_entry
from erp.receivables.models import ClearingItem, CustomerInvoice, OpenItem
from erp.receivables.rules import ClearingRow, Plan
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import lock_items, settle_against
from erp.receivables.services.writing import open_item, write_plan
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.money.rules import ZERO, proportion, round_money


@transition(
    CustomerInvoice, "write_off", source={CustomerInvoice.Status.POSTED}, target=None, label=gettext_lazy("Write off"), icon="eraser",
    is_dangerous=True, order=70,
)
def write_off(invoice: CustomerInvoice, *, actor: Any, act: Act, on: date | None = None, tax_relief: bool = True, reason: str = "") -> None:
    """O2C-13: what the invoice has open becomes bad debt, its tax taken back with relief, borne without. What is set aside for it is used
    first (O2C-15). Raises Refusal: nothing open."""
    on = on or max(timezone.localdate(), invoice.issued_on)
    found = OpenItem.objects.filter(entry_id=invoice.entry_id, open_currency__gt=0).values_list("pk", flat=True)
    items = sorted(lock_items(found).values(), key=lambda item: (item.due_on, item.pk))
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
    plan.clearing = _use_allowance(invoice, items)
    used = sum((row.amount for row in plan.clearing), ZERO)
    tax_foreign, used_foreign = (proportion(foreign, part, left, invoice.currency.digits) if left else ZERO for part in (tax, used))
    for role, amount, in_its_own in (
        (AccountRole.ALLOWANCE_BAD_DEBT, used, used_foreign), (AccountRole.BAD_DEBT, left - tax - used, foreign - tax_foreign - used_foreign),
        (AccountRole.OUTPUT_TAX, tax, tax_foreign), (AccountRole.AR, -left, -foreign),
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


def _use_allowance(invoice: CustomerInvoice, items: Sequence[OpenItem]) -> list[ClearingRow]:
    """All that is set aside for these items; what of it was too much lowers the bad debt of the day."""
    kept = ClearingItem.objects.filter(
        company_id=invoice.company_id, role=AccountRole.ALLOWANCE_BAD_DEBT, line_key__in=[f"erp.openitem:{item.pk}" for item in items],
    ).order_by("line_key").values("line_key", "order_line_key").annotate(total=Sum("amount")).exclude(total=0)
    return [
        ClearingRow(AccountRole.ALLOWANCE_BAD_DEBT, row["order_line_key"], row["line_key"], Decimal(-1), -row["total"], invoice_line_key=invoice.key)
        for row in kept
    ]


@transition(
    CustomerInvoice, "recover", source={CustomerInvoice.Status.POSTED}, target=None, label=gettext_lazy("Recover bad debt"), icon="rotate-2", order=75,
    offered=lambda invoice: invoice.payment_status == CustomerInvoice.PaymentStatus.WRITTEN_OFF,
)
def recover_bad_debt(invoice: CustomerInvoice, *, actor: Any, act: Act, amount: Decimal | None = None, on: date | None = None) -> None:
    """The customer pays after all: so much of what was written off is owed again, the mirror of its write-off, tax included.

    It is set against money of the customer that is not allocated yet (together: the mirror of O2C-13 with BANK for AR); else a payment settles it
    later. `amount` (None: all) is company currency. Raises Refusal: nothing or less than that was written off, a day before the write-off.
    """
    lost = list(OpenItem.objects.filter(document_key=invoice.key, kind=OpenItem.Kind.WRITE_OFF).select_related("entry").order_by("pk"))
    again = sum(OpenItem.objects.filter(document_key=invoice.key, kind=OpenItem.Kind.RECOVERY).values_list("amount", flat=True), ZERO)
    left = -sum((item.amount for item in lost), ZERO) - again
    amount = left if amount is None else amount
    if not lost or amount <= 0 or amount > left:
        raise Refusal(
            _("%(left)s of %(invoice)s are written off and not recovered; nothing was done.") % {"left": left, "invoice": invoice}, field="amount",
            code="nothing_written_off" if not lost else "more_than_written_off", hint=_("Enter at most that, above zero."),
        )
    on = on or max(timezone.localdate(), lost[-1].entry.ledger_date)
    if on < lost[-1].entry.ledger_date:
        raise Refusal(_("Nothing is recovered before it was written off; nothing was done."), field="on", code="too_early")
    entry = begin_entry(
        company_id=invoice.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, description=f"Recovery {invoice.number}",
    )
    facts = posting_facts(invoice.company_id)
    taxed = JournalLine.objects.filter(
        entry__in=[item.entry_id for item in lost], account_id=facts.accounts.of(AccountRole.OUTPUT_TAX),
    ).aggregate(total=Coalesce(Sum("debit"), ZERO))["total"]
    tax = proportion(taxed, amount, -sum((item.amount for item in lost), ZERO), facts.digits)
    plan = Plan()
    plan.add(AccountRole.AR, amount, party_id=invoice.customer_id)
    plan.add(AccountRole.BAD_DEBT, tax - amount)
    plan.add(AccountRole.OUTPUT_TAX, -tax)
    owed = open_item(
        entry, facts, party_id=invoice.customer_id, kind=OpenItem.Kind.RECOVERY, document_key=invoice.key, amount=amount, issued_on=on,
    )
    OpenItem.objects.bulk_create([owed])
    write_plan(entry, plan, facts, actor=actor)
    money = OpenItem.objects.filter(
        company_id=invoice.company_id, party_id=invoice.customer_id, account_id=owed.account_id, kind=OpenItem.Kind.PAYMENT, open_currency__lt=0,
    ).order_by("issued_on", "pk")
    settle_against(credit_items=list(money), debit_items=[owed], on=on)
    act.payload["amount"] = str(amount)
