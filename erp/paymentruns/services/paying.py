"""The payments of a batch, posted by the services of payables and receivables: P2P-3 with its discount, O2C-4, credits set off."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from erp.payables.models import SupplierPayment
from erp.payables.services import post_supplier_payment
from erp.payables.services.allocating import lock_payable_items
from erp.paymentruns.models import PaymentBatch, PaymentBatchLine
from erp.paymentruns.rules.planning import set_off
from erp.receivables.models import Allocation, CustomerPayment, OpenItem
from erp.receivables.services import post_payment
from erp.receivables.services.settling import allocate, lock_items
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.users.service_user import recorded_id

METHODS = {
    PaymentBatch.Method.SEPA: SupplierPayment.Method.TRANSFER, PaymentBatch.Method.LIST: SupplierPayment.Method.TRANSFER,
    PaymentBatch.Method.CHEQUE: SupplierPayment.Method.CHEQUE,
}


def pay_lines(batch: PaymentBatch, lines: Sequence[PaymentBatchLine], actor: Any) -> None:
    """Posts one payment for each transfer, all together, and notes it on its lines. Raises Refusal, naming the line, where less is open than is to be paid."""
    is_out = batch.direction == PaymentBatch.Direction.OUT
    keys = [line.item_id for line in lines]
    items = lock_payable_items(keys) if is_out else lock_items(keys)
    for line in lines:
        _refuse_paid_meanwhile(line, items[line.item_id])
    transfers = transfers_of(lines)
    for transfer in transfers:
        _set_off_credits(batch, transfer, items)
    post, make = (post_supplier_payment, _to_supplier) if is_out else (post_payment, _from_customer)
    payments = post.together([(make(batch, transfer, actor), {"allocations": list(_left(transfer)[1].items())}) for transfer in transfers], actor=actor)
    for transfer, payment in zip(transfers, payments, strict=True):
        for line in transfer:
            if is_out:
                line.supplier_payment = payment
            else:
                line.customer_payment = payment


def transfers_of(lines: Sequence[PaymentBatchLine]) -> list[list[PaymentBatchLine]]:
    """The lines of each payment at the bank."""
    found: dict[int, list[PaymentBatchLine]] = defaultdict(list)
    for line in lines:
        found[line.transfer].append(line)
    return list(found.values())


def words_of(transfer: Sequence[PaymentBatchLine]) -> str:
    """The references of a payment, as many as the bank carries."""
    return ", ".join(line.reference for line in transfer if line.reference)[:140]


def _refuse_paid_meanwhile(line: PaymentBatchLine, item: OpenItem) -> None:
    if abs(line.amount) + line.discount > abs(item.open_currency) or not item.open_currency:
        refusal = Refusal(
            _("Line %(position)s: %(open)s are still open on %(reference)s of %(party)s, %(amount)s were to be paid; nothing was sent.")
            % {"position": line.position, "open": abs(item.open_currency), "reference": line.reference, "party": line.party,
               "amount": abs(line.amount) + line.discount},
            field=f"lines/{line.position}", code="paid_meanwhile", hint=_("Cancel the batch and propose it again."),
        )
        refusal.status = 409
        raise refusal


def _left(transfer: Sequence[PaymentBatchLine]) -> tuple[list, dict[int, Any]]:
    return set_off(
        [(line.item_id, line.amount, line.discount > 0) for line in transfer if line.amount > 0],
        [(line.item_id, -line.amount) for line in transfer if line.amount < 0],
    )


def _set_off_credits(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine], items: dict[int, OpenItem]) -> None:
    pairs, _rest = _left(transfer)
    if not pairs:
        return
    is_out = batch.direction == PaymentBatch.Direction.OUT
    allocate([
        (items[one.credit], items[one.bill], one.amount) if is_out else (items[one.bill], items[one.credit], one.amount) for one in pairs
    ], on=batch.execute_on)


def _to_supplier(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine], actor: Any) -> SupplierPayment:
    first = transfer[0]
    return SupplierPayment(
        company_id=batch.company_id, supplier=first.party, bank_account=batch.bank_account, paid_on=batch.execute_on,
        amount=sum((line.amount for line in transfer), ZERO), currency_id=batch.currency_id, method=METHODS[batch.method],
        reference=words_of(transfer), source_key=f"{batch.key}/{first.transfer}", payee_account=first.payee_account, created_by_id=recorded_id(actor),
    )


def _from_customer(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine], actor: Any) -> CustomerPayment:
    first = transfer[0]
    return CustomerPayment(
        company_id=batch.company_id, customer=first.party, bank_account=batch.bank_account, paid_on=batch.execute_on,
        amount=sum((line.amount for line in transfer), ZERO), currency_id=batch.currency_id, method=CustomerPayment.Method.DIRECT_DEBIT,
        reference=words_of(transfer), source_key=f"{batch.key}/{first.transfer}", created_by_id=recorded_id(actor),
    )


def take_back_set_off(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine]) -> None:
    """Credits that were set off in a payment which the bank rejected are open again."""
    bills, credits = ([line.item_id for line in transfer if (line.amount > 0) == wanted] for wanted in (True, False))
    if not credits:
        return
    is_out = batch.direction == PaymentBatch.Direction.OUT
    debit, credit = (credits, bills) if is_out else (bills, credits)
    standing = list(Allocation.objects.filter(debit_item__in=debit, credit_item__in=credit, undoes=None, undone_by=None, allocated_on=batch.execute_on))
    Allocation.objects.bulk_create([
        Allocation(
            company_id=row.company_id, debit_item_id=row.debit_item_id, credit_item_id=row.credit_item_id, amount=-row.amount,
            amount_currency=-row.amount_currency, allocated_on=batch.execute_on, undoes=row,
        )
        for row in standing
    ])
