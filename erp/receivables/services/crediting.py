"""Credit notes: to correct an issued invoice, to cancel what was not dispatched, for goods that came back, out of goodwill."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.roles import AccountRole
from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine, CustomerInvoiceTax, OpenItem
from erp.receivables.rules import InvoiceLineInput, PostingFacts
from erp.receivables.selectors import posting_facts
from erp.receivables.services.drafting import write_lines
from erp.receivables.services.posting import post_invoice
from erp.receivables.services.settling import settle_against
from erp.receivables.signals import invoice_credited
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.users.service_user import recorded_id

Reason = CustomerInvoice.Reason


@transition(
    CustomerInvoice, "credit", source={CustomerInvoice.Status.POSTED}, target=None, label=gettext_lazy("Credit"), after=invoice_credited,
    icon="receipt-refund", is_dangerous=True, order=60,
)
def credit_invoice(
    invoice: CustomerInvoice, *, actor: Any, act: Act, reason: str = Reason.CORRECTION, quantities: Mapping[int, Decimal] | None = None,
    issued_on: date | None = None,
) -> None:
    """Issues a credit note for the invoice: all that is not credited yet, or {invoice line key: units}. It is the result's `credit_note`.

    It is set against what the invoice has open; the rest stays a credit of the customer. Raises Refusal: more than was invoiced (goodwill: than
    was not credited in any way), dispatched already (cancellation), a credit note, closed period.
    """
    invoice.credit_note = make_credit_note(
        invoice, reason=Reason(reason), quantities=quantities, issued_on=issued_on, actor=actor,
    )
    invoice.refresh_from_db(fields=("payment_status",))
    act.payload["credit_note_id"] = invoice.credit_note.pk


def make_credit_note(
    invoice: CustomerInvoice, *, reason: str, quantities: Mapping[int, Decimal] | None, issued_on: date | None, actor: Any,
    source_key: str | None = None, never_earned: Mapping[str, Decimal] | None = None, bears_discount: bool = False,
    of_shipment_lines: frozenset[str] = frozenset(),
) -> CustomerInvoice:
    """The posted credit note of a locked invoice, set against its open items. `bears_discount`: with the lines' part of document discounts.

    `of_shipment_lines`: a correction gives back the cost of these alone (empty: of any, oldest first).
    `never_earned`: {invoice line key: units of a return that came back before their revenue was earned}.
    """
    if invoice.kind == CustomerInvoice.Kind.CREDIT_NOTE:
        raise Refusal(_("%(document)s is a credit note; nothing was credited.") % {"document": invoice}, hint=_("Issue an invoice instead."))
    issued_on = issued_on or max(timezone.localdate(), invoice.issued_on)
    lines = list(invoice.lines.order_by("position"))
    before = credited_units(lines, with_goodwill=reason == Reason.GOODWILL)
    wanted = {
        line.pk: line.quantity - before.get(line.pk, ZERO) if quantities is None else Decimal(quantities.get(line.pk, ZERO)) for line in lines
    }
    if bears_discount:
        _credit_discounts(lines, before, wanted)
    _refuse_too_much(lines, before, wanted)
    inputs = [
        InvoiceLineInput(
            product_id=line.product_id, description=line.description, quantity=wanted[line.pk], unit_price=line.unit_price, tax_id=line.tax_id,
            tax_rate=line.tax_rate, order_line_key=line.order_line_key, kind=line.kind, discount=line.discount,
            shipment_line_key=line.shipment_line_key, corrects_id=line.pk, tax_reason=line.tax_reason,
        )
        for line in lines if wanted[line.pk]
    ]
    if not inputs:
        raise Refusal(_("%(document)s is credited already; nothing was done.") % {"document": invoice}, code="credited_already")
    note = CustomerInvoice(
        company_id=invoice.company_id, kind=CustomerInvoice.Kind.CREDIT_NOTE, reason=reason, corrects=invoice, customer_id=invoice.customer_id,
        order_key=invoice.order_key, order_number=invoice.order_number, currency_id=invoice.currency_id,
        prices_include_tax=invoice.prices_include_tax, tax_rounding=invoice.tax_rounding, billing_address=invoice.billing_address,
        customer_reference=invoice.customer_reference, created_by_id=recorded_id(actor), source_key=source_key,
    )
    facts = posting_facts(invoice.company_id, product_ids=[line.product_id for line in inputs])
    rows, _taxes = write_lines(note, inputs, facts)
    if all(wanted[line.pk] + before.get(line.pk, ZERO) == line.quantity for line in lines):
        _take_the_rest(invoice, note, rows)
    note = post_invoice(note, actor=actor, issued_on=issued_on, _never_earned=never_earned, _of_shipment_lines=of_shipment_lines)
    settle_against(
        credit_items=list(OpenItem.objects.filter(entry_id=note.entry_id, kind=OpenItem.Kind.CREDIT_NOTE)),
        debit_items=list(OpenItem.objects.filter(entry_id=invoice.entry_id, open_currency__gt=0).order_by("due_on", "pk")), on=issued_on,
    )
    return note


def credited_units(lines: Sequence[CustomerInvoiceLine], *, with_goodwill: bool = False) -> dict[int, Decimal]:
    """{invoice line: units credited}. Goodwill takes nothing from what may still be corrected or come back; goodwill itself is given at most
    for what was not credited in any way."""
    credits = CustomerInvoiceLine.objects.filter(corrects__in=[line.pk for line in lines], invoice__status=CustomerInvoice.Status.POSTED)
    if not with_goodwill:
        credits = credits.exclude(invoice__reason=Reason.GOODWILL)
    return dict(credits.order_by().values_list("corrects").annotate(Sum("quantity")))


def _credit_discounts(lines: Sequence[CustomerInvoiceLine], before: Mapping[int, Decimal], wanted: dict[int, Decimal]) -> None:
    """Adds what document discounts took off the lines that are credited: the same part of each discount as of the lines of its tax."""
    for discount in (line for line in lines if line.kind == CustomerInvoiceLine.Kind.DISCOUNT):
        bearers = [line for line in lines if line.kind != CustomerInvoiceLine.Kind.DISCOUNT and line.tax_id == discount.tax_id and line.net > 0]
        parts = [(line.net, (wanted[line.pk] + before.get(line.pk, ZERO)) / line.quantity) for line in bearers]
        if parts:
            part = sum((net * credited for net, credited in parts), ZERO) / sum((net for net, _credited_part in parts), ZERO)
            wanted[discount.pk] = round_money(discount.quantity * part, QUANTITY_DIGITS) - before.get(discount.pk, ZERO)


QUANTITY_DIGITS = 6


def _refuse_too_much(lines: Sequence[CustomerInvoiceLine], before: Mapping[int, Decimal], wanted: Mapping[int, Decimal]) -> None:
    for line in lines:
        if wanted[line.pk] != 0 and abs(wanted[line.pk] + before.get(line.pk, ZERO)) > abs(line.quantity):
            raise Refusal(
                _("%(line)s: %(left)s are left to credit, %(wanted)s were asked for; nothing was credited.")
                % {"line": line, "left": line.quantity - before.get(line.pk, ZERO), "wanted": wanted[line.pk]},
                field="quantities", code="credit_too_much", hint=_("Credit at most what was invoiced and not credited yet."),
            )


def _take_the_rest(invoice: CustomerInvoice, note: CustomerInvoice, rows: Sequence[CustomerInvoiceLine]) -> None:
    """The credit note that completes an invoice takes exactly what is left of it, to the cent, line by line and tax by tax."""
    earlier = CustomerInvoice.objects.filter(corrects=invoice, status=CustomerInvoice.Status.POSTED)
    if note.reason != Reason.GOODWILL:
        earlier = earlier.exclude(reason=Reason.GOODWILL)
    nets = dict(invoice.lines.values_list("pk", "net"))
    for pk, net in CustomerInvoiceLine.objects.filter(invoice__in=earlier, corrects__isnull=False).values_list("corrects", "net"):
        nets[pk] -= net
    for row in rows:
        row.net = nets[row.corrects_id]
    CustomerInvoiceLine.objects.bulk_update(rows, ["net"])
    taxes = {(code, rate): [base, amount] for code, rate, base, amount in invoice.taxes.values_list("code", "rate", "base", "amount")}
    for code, rate, base, amount in CustomerInvoiceTax.objects.filter(invoice__in=earlier).values_list("code", "rate", "base", "amount"):
        taxes[code, rate][0] -= base
        taxes[code, rate][1] -= amount
    kept = list(note.taxes.all())
    for row in kept:
        row.base, row.amount = taxes[row.code_id, row.rate]
    CustomerInvoiceTax.objects.bulk_update(kept, ["base", "amount"])
    note.net, note.tax = sum((row.net for row in rows), ZERO), sum((row.amount for row in kept), ZERO)
    note.gross = note.net + note.tax
    CustomerInvoice.objects.filter(pk=note.pk).update(net=note.net, tax=note.tax, gross=note.gross)


def correct_invoice(
    *, invoice: CustomerInvoice, lines: Sequence[InvoiceLineInput], actor: Any, issued_on: date | None = None, **changes: Any,
) -> tuple[CustomerInvoice, CustomerInvoice]:
    """O2C-25 in one action: a credit note over the whole invoice and a new invoice as it should be, both numbered: (credit note, invoice).

    `changes` are fields of the new one (billing_address, payment_term_id, …). What was paid is set against the new invoice. Raises Refusal.
    """

    def correct() -> tuple[CustomerInvoice, CustomerInvoice]:
        done = credit_invoice(invoice, actor=actor, reason=Reason.CORRECTION, issued_on=issued_on)
        note = done.credit_note
        facts = posting_facts(done.company_id, payment_term_id=done.payment_term_id)
        values = {
            "customer_id": done.customer_id, "order_key": "", "order_number": done.order_number, "currency_id": done.currency_id,
            "payment_term_id": done.payment_term_id, "prices_include_tax": done.prices_include_tax, "tax_rounding": done.tax_rounding,
            "billing_address": done.billing_address, "customer_reference": done.customer_reference,
        } | changes
        fresh = CustomerInvoice(company_id=done.company_id, corrects=done, created_by_id=recorded_id(actor), **values)
        write_lines(fresh, lines, facts)
        # The order is named at posting only: it may have another draft, for what is not invoiced yet.
        fresh = post_invoice(fresh, actor=actor, issued_on=note.issued_on, _order_key=done.order_key)
        settle_against(
            credit_items=list(OpenItem.objects.filter(entry_id=note.entry_id).exclude(open_amount=0)),
            debit_items=list(OpenItem.objects.filter(entry_id=fresh.entry_id).order_by("due_on", "pk")), on=note.issued_on,
        )
        return note, fresh

    return in_unit_of_work(correct, actor=actor)


def credit_order(
    *, company_id: int, order_key: str, quantities: Mapping[str, Decimal] | None = None, reason: str = Reason.CANCELLATION,
    source_key: str | None = None, issued_on: date, actor: Any,
) -> list[CustomerInvoice]:
    """O2C-24: credits what was invoiced in advance and will not be dispatched, newest invoice first: {order line: units}, or all that waits.
    `issued_on` is the day it was decided; a note is never dated before the invoice it credits.

    Get-or-create on `source_key` (the first note's; further ones append /2, …). Raises Refusal when part of it was dispatched.
    """

    def credit() -> list[CustomerInvoice]:
        invoices = lock(CustomerInvoice.objects.filter(
            company_id=company_id, order_key=order_key, kind=CustomerInvoice.Kind.INVOICE, status=CustomerInvoice.Status.POSTED,
        ))
        if source_key:
            known = list(CustomerInvoice.objects.filter(company_id=company_id, source_key__startswith=source_key).order_by("pk"))
            if known:
                return known
        lines = list(CustomerInvoiceLine.objects.filter(invoice__in=invoices).order_by("-invoice_id", "position"))
        left = dict(quantities) if quantities is not None else None
        facts = posting_facts(company_id, order_line_keys=[line.order_line_key for line in lines])
        waiting = {}
        for order_line in {line.order_line_key for line in lines if line.order_line_key}:
            waiting |= facts.not_dispatched(order_line)
        before = credited_units(lines)
        by_invoice: dict[int, dict[int, Decimal]] = {}
        for line in lines:
            is_goods = line.kind == CustomerInvoiceLine.Kind.GOODS and line.order_line_key
            room = waiting.get(line.key, ZERO) if is_goods else line.quantity - before.get(line.pk, ZERO)
            units = room if left is None else min(room, left.get(line.order_line_key, ZERO))
            if units > 0:
                by_invoice.setdefault(line.invoice_id, {})[line.pk] = units
                if left is not None:
                    left[line.order_line_key] -= units
        if left and any(units > 0 for units in left.values()):
            raise Refusal(
                _("Part of what is to be credited was dispatched already; nothing was credited."), code="dispatched_already",
                hint=_("Take the goods back first, then credit the return."),
            )
        made = []
        for number, (invoice_id, units) in enumerate(by_invoice.items(), 1):
            invoice = next(document for document in invoices if document.pk == invoice_id)
            key = source_key and (source_key if number == 1 else f"{source_key}/{number}")
            # Never before the invoice it credits, whenever the change of mind is said to have been.
            on = max(issued_on, invoice.issued_on)
            made.append(make_credit_note(
                invoice, reason=Reason(reason), quantities=units, issued_on=on, actor=actor, source_key=key, bears_discount=True,
            ))
        return made

    return in_unit_of_work(credit, actor=actor)


def credit_return(
    *, company_id: int, order_key: str, shipment_key: str, lines: Sequence[tuple[str, str, Decimal]], issued_on: date, actor: Any,
) -> CustomerInvoice | None:
    """RMA-2 and RMA-3: the credit note for goods that came back: (order line, shipment line, units), as far as they were invoiced.

    Get-or-create on the shipment. None where nothing of it was invoiced. The goods must be back in stock (RMA-1).
    """

    def credit() -> CustomerInvoice | None:
        key = f"{shipment_key}/credit"
        invoices = lock(CustomerInvoice.objects.filter(
            company_id=company_id, order_key=order_key, kind=CustomerInvoice.Kind.INVOICE, status=CustomerInvoice.Status.POSTED,
        ))
        known = CustomerInvoice.objects.filter(company_id=company_id, source_key=key).first()
        if known or not invoices:
            return known
        rows = list(CustomerInvoiceLine.objects.filter(invoice__in=invoices, kind=CustomerInvoiceLine.Kind.GOODS).order_by("-invoice_id", "position"))
        returning = _Returning(rows, posting_facts(company_id, order_line_keys=[row.order_line_key for row in rows]))
        for order_line, shipment_line, units in lines:
            returning.add(order_line, shipment_line, units)
        made = None
        for number, (invoice_id, units) in enumerate(((pk, units) for pk, units in returning.by_invoice.items() if units), 1):
            invoice = next(document for document in invoices if document.pk == invoice_id)
            note = make_credit_note(
                invoice, reason=Reason.RETURN, quantities=units, issued_on=issued_on, actor=actor, never_earned=returning.never_earned, bears_discount=True,
                source_key=key if number == 1 else f"{key}/{number}",
            )
            made = made or note
        return made

    return in_unit_of_work(credit, actor=actor)


class _Returning:
    """Which invoice lines are credited for goods that came back, and how much of each had not earned yet."""

    def __init__(self, rows: Sequence[CustomerInvoiceLine], facts: PostingFacts) -> None:
        self.rows, self.facts = rows, facts
        self.before = credited_units(rows)
        self.waiting: dict[str, Decimal] = {}
        for row in facts.clearing:
            if row.role == AccountRole.DEFERRED_REVENUE:
                self.waiting[row.line_key] = self.waiting.get(row.line_key, ZERO) + row.quantity
        self.earned = {
            row.key: row.quantity - self.before.get(row.pk, ZERO) - self.waiting.get(row.key, ZERO) for row in rows
        }
        self.by_invoice: dict[int, dict[int, Decimal]] = {}
        self.never_earned: dict[str, Decimal] = {}

    def add(self, order_line: str, shipment_line: str, units: Decimal) -> None:
        """The invoice line of this shipment first, then any that billed the order line without naming one."""
        # What had earned when it came back left its cost open; the rest came back to zero.
        back = -sum((row.quantity for row in self.facts.open_units(AccountRole.GSNI, order_line, shipment_line) if row.quantity < 0), ZERO)
        earned = min(back, units)
        for kept, wanted in ((self.earned, earned), (self.waiting, units - earned)):
            for row in sorted(self.rows, key=lambda row: row.shipment_line_key != shipment_line):
                part = min(kept.get(row.key, ZERO), wanted)
                if row.order_line_key != order_line or part <= 0 or row.shipment_line_key not in ("", shipment_line):
                    continue
                taken = self.by_invoice.setdefault(row.invoice_id, {})
                taken[row.pk] = taken.get(row.pk, ZERO) + part
                kept[row.key] -= part
                wanted -= part
                if kept is self.waiting:
                    self.never_earned[row.key] = self.never_earned.get(row.key, ZERO) + part
