"""What the bank made of a batch: executed, or rejected as a whole or payment by payment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.payables.models import SupplierPayment
from erp.payables.services import reverse_supplier_payment
from erp.paymentruns.models import Mandate, PaymentBatch, PaymentBatchLine
from erp.paymentruns.models.mandates import Sequence as Sequences
from erp.paymentruns.rules.bank_answers import DONE, NotAnAnswer, read_answer
from erp.paymentruns.services.exporting import end_to_end
from erp.paymentruns.services.paying import take_back_set_off, transfers_of
from erp.receivables.models import CustomerPayment
from erp.receivables.services import reverse_payment
from suite.kernel.documents.errors import BusinessError, Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work

Status = PaymentBatch.Status
REVERSED = "reversed"


@transition(PaymentBatch, "confirm", source={Status.EXPORTED}, target=Status.CONFIRMED, label=gettext_lazy("Executed by the bank"), icon="checks", order=20)
def confirm_batch(batch: PaymentBatch, *, actor: Any, act: Act) -> None:
    """The bank has executed it. Raises Refusal where every payment of it was rejected."""
    if not any(payment.status != REVERSED for payment in payments_of(batch)):
        raise Refusal(_("Every payment of %(batch)s was rejected; it was not confirmed.") % {"batch": batch}, code="all_rejected")


@transition(
    PaymentBatch, "reject", source={Status.EXPORTED, Status.CONFIRMED}, target=None, label=gettext_lazy("Rejected by the bank"), icon="arrow-back-up",
    is_dangerous=True, order=70,
)
def reject_batch(
    batch: PaymentBatch, *, actor: Any, act: Act, transfers: Sequence[int] | None = None, on: date | None = None, reason: str = "",
) -> None:
    """The mirror of each payment (all, or of the transfers named): P2P-3 reversed, O2C-16 for a direct debit. Its bills are open again.

    When nothing of the batch stands any more it counts as rejected. Raises Refusal: no such transfer, rejected before, a closed period.
    """
    lines = list(batch.lines.select_related("supplier_payment", "customer_payment", "mandate").order_by("position"))
    groups = {group[0].transfer: group for group in transfers_of(lines)}
    wanted = sorted(groups) if transfers is None else sorted(set(transfers))
    if not wanted or set(wanted) - set(groups):
        raise Refusal(_("There is no such payment in %(batch)s; nothing was done.") % {"batch": batch}, field="transfers", code="no_such_transfer")
    standing = [number for number in wanted if _payment(groups[number][0]).status != REVERSED]
    if not standing or (transfers is not None and len(standing) < len(wanted)):
        raise Refusal(_("A payment of %(batch)s was rejected before; nothing was done.") % {"batch": batch}, field="transfers", code="rejected_before")
    options = {"reason": reason, **({"on": on} if on else {})}
    for number in standing:
        payment = _payment(groups[number][0])
        reverse = reverse_supplier_payment if isinstance(payment, SupplierPayment) else reverse_payment
        reverse(payment, actor=actor, **options)
        take_back_set_off(batch, groups[number])
        _not_used_after_all(groups[number])
    act.payload["transfers"] = standing
    batch.status = Status.REJECTED if all(payment.status == REVERSED for payment in payments_of(batch)) else act.before


def _payment(line: PaymentBatchLine) -> SupplierPayment | CustomerPayment:
    return line.supplier_payment or line.customer_payment


def payments_of(batch: PaymentBatch) -> list[SupplierPayment | CustomerPayment]:
    """The payments of a batch as they stand now."""
    model, name = (SupplierPayment, "supplier_payment") if batch.direction == PaymentBatch.Direction.OUT else (CustomerPayment, "customer_payment")
    return list(model.objects.filter(pk__in=batch.lines.values(name)).order_by("pk"))


def _not_used_after_all(lines: Sequence[PaymentBatchLine]) -> None:
    """A first collection that came back was none: the next is the first again."""
    first = {line.mandate_id for line in lines if line.sequence == Sequences.FIRST}
    Mandate.objects.filter(pk__in=first, status=Mandate.Status.ACTIVE).update(sequence=Sequences.FIRST)


@dataclass
class Answered:
    """What an answer of the bank changed."""

    batch: PaymentBatch
    is_confirmed: bool = False
    rejected: list[tuple[int, str]] = field(default_factory=list)


def take_answer(*, company_id: int, content: bytes, actor: Any) -> Answered:
    """A pain.002 taken in: what it rejects is reversed, a batch executed as a whole is confirmed. Taken in again it changes nothing.

    Raises Refusal: no pain.002, of a batch that is not ours.
    """

    def take() -> Answered:
        try:
            answer = read_answer(content)
        except NotAnAnswer as error:
            raise Refusal(
                _("This is no status report of a bank (pain.002); nothing was changed."), field="file", code="not_an_answer",
                hint=_("Choose the file as the bank gave it."),
            ) from error
        sent = PaymentBatch.objects.filter(company_id=company_id, status__in=(Status.EXPORTED, Status.CONFIRMED, Status.REJECTED))
        batch = next((one for one in sent.filter(number=answer.message_id.rpartition("-")[0]) if one.message_id == answer.message_id), None)
        if batch is None:
            raise Refusal(
                _("The report is about message %(message)s, which was not sent from here; nothing was changed.") % {"message": answer.message_id[:35]},
                field="file", code="unknown_message",
            )
        done = Answered(batch)
        by_name = {end_to_end(batch, line.transfer): line for line in batch.lines.select_related("supplier_payment", "customer_payment")}
        refused = {
            by_name[name].transfer: reason for name, status, reason in answer.payments if status == "RJCT" and name in by_name
        } if not answer.is_rejected or answer.payments else {}
        if answer.is_rejected and not refused:
            refused = {line.transfer: answer.reason for line in by_name.values()}
        for transfer, reason in sorted(refused.items()):
            if next(_payment(line).status for line in by_name.values() if line.transfer == transfer) != REVERSED:
                done.batch = reject_batch(done.batch, actor=actor, transfers=[transfer], reason=reason)
                done.rejected.append((transfer, reason))
        if answer.status in DONE and done.batch.status == Status.EXPORTED:
            done.batch, done.is_confirmed = confirm_batch(done.batch, actor=actor), True
        return done

    return in_unit_of_work(take, actor=actor)


def confirm_batches_on_statement(*, company_id: int, actor: Any) -> int:
    """How many batches were confirmed because the statement shows every payment of theirs that stands (P2P-4, O2C-5)."""
    count = 0
    sent = PaymentBatch.objects.filter(company_id=company_id, status=Status.EXPORTED)
    waiting = PaymentBatchLine.objects.filter(batch__in=sent)
    waiting = set(waiting.filter(supplier_payment__status="posted").values_list("batch_id", flat=True)) | set(
        waiting.filter(customer_payment__status="posted").values_list("batch_id", flat=True))
    for batch in sent.exclude(pk__in=waiting).order_by("pk"):
        try:
            confirm_batch(batch, actor=actor)
            count += 1
        except BusinessError:  # rejected or confirmed a moment ago
            continue
    return count
