"""Invoicing what was shipped: the order's draft gives what left to a posted invoice and keeps the rest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from erp.receivables.models import CustomerInvoice, CustomerInvoiceLine
from erp.receivables.rules import InvoiceLineInput
from erp.receivables.selectors import posting_facts
from erp.receivables.services.drafting import DRAFT, write_lines
from erp.receivables.services.posting import Prepared, begin_invoice_entry, post_invoice
from suite.kernel.documents.locking import in_lock_order
from suite.kernel.documents.prepared import prepared
from suite.kernel.documents.reading import read_lines
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id


def invoice_shipment(
    *, company_id: int, order_key: str, shipment_key: str, lines: Sequence[tuple[str, str, Decimal]], issued_on: date, actor: Any,
) -> CustomerInvoice | None:
    """The posted invoice of a shipment (get-or-create on `shipment_key`): (order line, shipment line, units) out of the order's draft.

    Charges, services and discounts go with the first one; the rest stays in one new draft. None when the order has no draft, or nothing of
    what was shipped is still to be invoiced. Raises Refusal.
    """

    def invoice() -> CustomerInvoice | None:
        known = _invoices_held(company_id, order_key)
        issued = next((document for document in known if document.source_key == shipment_key), None)
        draft = next((document for document in known if document.status == DRAFT), None)
        if issued or draft is None:
            return issued
        old = read_lines(CustomerInvoiceLine, invoice=draft.pk)
        facts = posting_facts(
            company_id, payment_term_id=draft.payment_term_id, product_ids=[line.product_id for line in old],
            order_line_keys=[line.order_line_key for line in old],
        )
        shipped: dict[str, list[tuple[str, Decimal]]] = {}
        for order_line, shipment_line, units in lines:
            waiting = facts.to_invoice(order_line, shipment_line)
            if min(units, waiting) > 0:
                shipped.setdefault(order_line, []).append((shipment_line, min(units, waiting)))
        now, later = _divide(old, shipped)
        if not any(line.kind == CustomerInvoiceLine.Kind.GOODS for line in now):
            return None
        order_source, draft.source_key = draft.source_key, shipment_key
        rows, taxes = write_lines(draft, now, facts)
        entry = begin_invoice_entry(
            company_id=company_id, issued_on=issued_on, order_key=order_key, order_number=draft.order_number, actor=actor,
        )
        # Read anew under the order's lock, so a dispatch that ran beside is seen.
        under_lock = posting_facts(
            company_id, payment_term_id=draft.payment_term_id, product_ids=[row.product_id for row in rows],
            order_line_keys=[row.order_line_key for row in rows], party_id=draft.customer_id,
        )
        posted = post_invoice(draft, actor=actor, issued_on=issued_on, _prepared=Prepared(entry, rows, taxes, under_lock))
        if later:
            rest = CustomerInvoice(
                company_id=company_id, order_key=order_key, order_number=draft.order_number, source_key=order_source,
                customer_id=draft.customer_id, currency_id=draft.currency_id, payment_term_id=draft.payment_term_id,
                prices_include_tax=draft.prices_include_tax, tax_rounding=draft.tax_rounding, billing_address=draft.billing_address,
                customer_reference=draft.customer_reference, created_by_id=recorded_id(actor),
            )
            write_lines(rest, later, facts)
        return posted

    return in_unit_of_work(invoice, actor=actor)


@prepared
def _invoices_held(company_id: int, order_key: str) -> QuerySet[CustomerInvoice]:
    return in_lock_order(CustomerInvoice.objects.filter(company_id=company_id, order_key=order_key, kind=CustomerInvoice.Kind.INVOICE))


def _divide(
    old: Sequence[CustomerInvoiceLine], shipped: dict[str, list[tuple[str, Decimal]]],
) -> tuple[list[InvoiceLineInput], list[InvoiceLineInput]]:
    now: list[InvoiceLineInput] = []
    later: list[InvoiceLineInput] = []
    for line in old:
        whole = InvoiceLineInput(
            product_id=line.product_id, description=line.description, quantity=line.quantity, unit_price=line.unit_price, tax_id=line.tax_id,
            tax_rate=line.tax_rate, order_line_key=line.order_line_key, kind=line.kind, discount=line.discount, tax_reason=line.tax_reason,
        )
        if line.kind != CustomerInvoiceLine.Kind.GOODS:
            now.append(whole)
            continue
        left = line.quantity
        for shipment_line, units in shipped.get(line.order_line_key, ()):
            now.append(replace(whole, quantity=units, shipment_line_key=shipment_line))
            left -= units
        if left > 0:
            later.append(replace(whole, quantity=left))
    return now, later

