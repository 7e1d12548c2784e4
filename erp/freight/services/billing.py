"""A carrier's bill against the freight that was expected (O2C-18)."""

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from erp.freight.models import FreightAccrual
from erp.freight.rules import taken
from erp.freight.services.accruing import freight_item
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.payables.models import SupplierBill, SupplierBillLine
from erp.payables.signals import bill_reversed, freight_asked, freight_named
from erp.receivables.models import ClearingItem
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.transitions import Act


@receiver(freight_named)
def refuse_foreign_freight(sender: type, document: SupplierBill, lines: Sequence[SupplierBillLine], **kwargs: Any) -> None:
    """Raises Refusal where a line names freight of another carrier, or the bill is in a currency that freight is not expected in."""
    named = FreightAccrual.objects.select_related("carrier", "company").in_bulk({line.freight_id for line in lines if line.freight_id})
    for line in lines:
        accrual = named.get(line.freight_id)
        if accrual is not None and accrual.carrier_id != document.supplier_id:
            raise Refusal(
                _("Line %(position)s: %(shipment)s went with %(carrier)s, who did not send this bill; nothing was saved.") % {
                    "position": line.position, "shipment": accrual.number, "carrier": accrual.carrier},
                field="freight", code="freight_of_another_carrier", hint=_("Choose a shipment of this carrier."),
            )
        if accrual is not None and accrual.company.currency_id != document.currency_id:
            raise Refusal(
                _("Line %(position)s: freight is expected in %(currency)s; nothing was saved.") % {
                    "position": line.position, "currency": accrual.company.currency_id},
                field="freight", code="freight_currency", hint=_("Leave the shipment empty and choose the freight account."),
            )


@freight_asked.answered_by
def settle_freight(*, entry: JournalEntry, lines: Sequence[SupplierBillLine], is_credit: bool) -> list[ClearingItem]:
    """What lines of a bill take off the accruals of their shipments, which stay locked: rows not yet written; each line learns its part as
    `freight_taken`. What a carrier credits lowers the cost and opens nothing again."""
    named = [line for line in lines if line.freight_id]
    if not named or is_credit:
        return []
    accruals = {row.pk: row for row in lock(FreightAccrual.objects.filter(pk__in={line.freight_id for line in named}))}
    parts = taken([(line.freight_id, line.net) for line in named], {pk: row.open_amount for pk, row in accruals.items()})
    rows = []
    for line, (part, _difference) in zip(named, parts, strict=True):
        line.freight_taken = part
        if part:
            rows.append(freight_item(entry, accruals[line.freight_id], part, by=line.key))
    return rows


@receiver(bill_reversed)
def give_back_freight(sender: type, document: SupplierBill, act: Act, **kwargs: Any) -> None:
    """The accruals that a reversed bill had taken wait for their bill again."""
    items = list(ClearingItem.objects.filter(entry_id=document.entry_id, role=AccountRole.FREIGHT_ACCRUAL).order_by("pk"))
    if not items:
        return
    mirror = JournalEntry.objects.get(reverses_id=document.entry_id)
    ClearingItem.objects.bulk_create([
        ClearingItem(
            company_id=item.company_id, entry=mirror, role=item.role, account_id=item.account_id, order_line_key=item.order_line_key,
            line_key=item.line_key, invoice_line_key=item.invoice_line_key, quantity=-item.quantity, amount=-item.amount,
        )
        for item in items
    ])


