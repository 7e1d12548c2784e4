"""Sending a batch to the bank: payments posted, file written and kept, in one transaction, once."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.payables.models import SupplierBankAccount
from erp.paymentruns.models import ChequeBook, PaymentBatch, PaymentBatchLine
from erp.paymentruns.rules.bank_files import BrokenFile, Order, Transfer, write_list, write_sepa
from erp.paymentruns.selectors.settings import settings_of
from erp.paymentruns.services.approving import fingerprint
from erp.paymentruns.services.mandates import use_mandates
from erp.paymentruns.services.paying import pay_lines, transfers_of, words_of
from suite.kernel.attachments.models import Attachment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import current_work
from suite.kernel.money.rules import ZERO
from suite.kernel.users.service_user import recorded_id

Status, Method = PaymentBatch.Status, PaymentBatch.Method
LIST_FORMAT = "csv"


@transition(
    PaymentBatch, "export", source={Status.APPROVED, Status.EXPORTED, Status.CONFIRMED}, target=None, label=gettext_lazy("Send to the bank"),
    icon="file-export", order=15, offered=lambda batch: batch.status == Status.APPROVED,
)
def export_batch(batch: PaymentBatch, *, actor: Any, act: Act, reason: str = "") -> None:
    """Posts the payments (P2P-3, O2C-4) and writes the bank's file, which is kept with its SHA-256. Sent before: the same file, nothing else happens.

    Raises Refusal: changed after its approval, an account that nobody vouched for, was retired or replaced, a bill paid meanwhile, a mandate
    cancelled or expired, no creditor identifier, cheques used up, a file that breaks the bank's schema, a closed period.
    """
    if batch.status != Status.APPROVED:
        act.reason = str(_("sent before: the same file"))
        return
    lines = list(batch.lines.select_related("party", "payee_account", "mandate").order_by("position"))
    _refuse_unfit(batch, lines)
    pay_lines(batch, lines, actor)
    if batch.method == Method.CHEQUE:
        _number_cheques(batch, lines)
    PaymentBatchLine.objects.bulk_update(lines, ["supplier_payment", "customer_payment", "cheque_number"])
    if batch.direction == PaymentBatch.Direction.IN:
        use_mandates(lines, on=batch.execute_on)
    batch.exported_by_id, batch.exported_at = recorded_id(actor), timezone.now()
    content, batch.file_format = _file(batch, lines)
    batch.file_sha256 = sha256(content).hexdigest()
    batch.file = _keep(batch, content, actor)
    batch.status = Status.EXPORTED
    act.payload.update(total=str(batch.total), sha256=batch.file_sha256)


def _refuse_unfit(batch: PaymentBatch, lines: Sequence[PaymentBatchLine]) -> None:
    for line in lines:
        if line.is_watched and line.vouched_by_id is None:
            raise Refusal(
                _("Line %(position)s goes to an account of %(party)s that was changed lately, and nobody vouched for it; nothing was sent.")
                % {"position": line.position, "party": line.party}, field=f"lines/{line.position}", code="account_not_vouched",
                hint=_("A colleague calls the supplier and chooses “Vouch for new bank accounts”."),
            )
        account = line.payee_account
        if account is not None and account.status != SupplierBankAccount.Status.APPROVED:
            raise _account_changed(line)
        if line.mandate is not None and (line.mandate.status != "active" or batch.execute_on > line.mandate.usable_until):
            raise Refusal(
                _("The mandate of %(party)s (line %(position)s) is cancelled or expired; nothing was sent.")
                % {"position": line.position, "party": line.party}, field=f"lines/{line.position}", code="mandate_over",
                hint=_("Cancel the batch, have a new mandate signed, and propose it again."),
            )
    _refuse_replaced_accounts(batch, lines)
    if fingerprint(batch) != batch.approved_hash:
        raise Refusal(
            _("%(batch)s or an account in it was changed after its approval; nothing was sent.") % {"batch": batch}, code="payment_batch_as_approved",
            hint=_("Cancel the batch and propose it again."),
        )


def _account_changed(line: PaymentBatchLine) -> Refusal:
    return Refusal(
        _("The bank account of %(party)s (line %(position)s) was changed after the batch was proposed; nothing was sent.")
        % {"position": line.position, "party": line.party}, field=f"lines/{line.position}", code="account_changed",
        hint=_("Cancel the batch and propose it again."),
    )


def _refuse_replaced_accounts(batch: PaymentBatch, lines: Sequence[PaymentBatchLine]) -> None:
    newer = set(SupplierBankAccount.objects.filter(
        company_id=batch.company_id, status=SupplierBankAccount.Status.APPROVED, approved_at__gt=batch.approved_at,
        supplier__in={line.party_id for line in lines if line.payee_account_id},
    ).values_list("supplier_id", flat=True))
    for line in lines:
        if line.party_id in newer and line.payee_account_id:
            raise _account_changed(line)


def _number_cheques(batch: PaymentBatch, lines: Sequence[PaymentBatchLine]) -> None:
    """Each payment gets the next cheque. Raises Refusal where there are not enough."""
    transfers = transfers_of(lines)
    books = lock(ChequeBook.objects.filter(company_id=batch.company_id, bank_account_id=batch.bank_account_id, is_active=True))
    numbers = []
    for book in sorted(books, key=lambda one: one.first_number):
        taken = range(book.next_number, min(book.last_number + 1, book.next_number + len(transfers) - len(numbers)))
        numbers += taken
        if taken:
            ChequeBook.objects.filter(pk=book.pk).update(next_number=taken.stop)
    if len(numbers) < len(transfers):
        raise Refusal(
            _("%(wanted)s cheques are needed, %(left)s are left; nothing was sent.") % {"wanted": len(transfers), "left": len(numbers)}, code="no_cheques",
            hint=_("Enter the next cheque book of this bank account."),
        )
    for transfer, number in zip(transfers, numbers, strict=True):
        for line in transfer:
            line.cheque_number = number


def _file(batch: PaymentBatch, lines: Sequence[PaymentBatchLine]) -> tuple[bytes, str]:
    order = _order(batch, lines)
    if batch.method != Method.SEPA:
        return write_list(order), LIST_FORMAT
    if not order.iban:
        raise Refusal(
            _("%(account)s has no IBAN; nothing was sent.") % {"account": batch.bank_account}, field="bank_account", code="no_iban",
            hint=_("Enter it under Bank accounts."),
        )
    if order.scheme and (not order.creditor_id or (not order.bic and order.schema == "pain.008.001.02")):
        raise Refusal(
            _("The creditor identifier is missing (and for pain.008.001.02 our BIC); nothing was sent."), field="creditor_id", code="no_creditor_id",
            hint=_("Enter it under Payment settings."),
        )
    try:
        return write_sepa(order), order.schema
    except BrokenFile as error:
        raise Refusal(
            _("The file would break the bank's schema: %(reason)s. Nothing was sent.") % {"reason": str(error)[:200]}, code="broken_file",
            hint=_("Correct what the sentence names, and propose the batch again."),
        ) from error


def _order(batch: PaymentBatch, lines: Sequence[PaymentBatchLine]) -> Order:
    settings, company, bank = settings_of(batch.company_id), batch.company, batch.bank_account
    return Order(
        message_id=batch.message_id, made_at=batch.exported_at, name=company.name, iban=bank.iban.replace(" ", ""), currency=batch.currency_id,
        bic=company.bic if company.iban.replace(" ", "") == bank.iban.replace(" ", "") else "", execute_on=batch.execute_on, scheme=batch.scheme,
        creditor_id=settings.creditor_id if batch.scheme else "", schema=settings.debit_format if batch.scheme else settings.transfer_format,
        transfers=[
            Transfer(
                end_to_end=end_to_end(batch, transfer[0].transfer), name=transfer[0].holder, iban=transfer[0].iban, bic=transfer[0].bic,
                amount=sum((line.amount for line in transfer), ZERO), text=words_of(transfer), sequence=transfer[0].sequence,
                mandate=transfer[0].mandate.reference if transfer[0].mandate else "", signed_on=transfer[0].mandate and transfer[0].mandate.signed_on,
                cheque_number=transfer[0].cheque_number,
            )
            for transfer in transfers_of(lines)
        ],
    )


def end_to_end(batch: PaymentBatch, transfer: int) -> str:
    """How a payment is called at every bank that it passes."""
    return f"{batch.number}-{transfer}"[:35]


def _keep(batch: PaymentBatch, content: bytes, actor: Any) -> Attachment:
    """The file as an attachment of the batch; in a preview nothing reaches the store."""
    is_xml = batch.file_format != LIST_FORMAT
    ending = "xml" if is_xml else "csv"
    kept = Attachment(
        company_id=batch.company_id, content_type=ContentType.objects.get_for_model(PaymentBatch), object_id=batch.pk, name=f"{batch.number}.{ending}",
        media_type="application/xml" if is_xml else "text/csv", size=len(content), sha256=batch.file_sha256, author_id=recorded_id(actor),
    )
    name = f"{uuid4().hex}.{ending}"
    if current_work().previewing:
        kept.file = name
    else:
        kept.file.save(name, ContentFile(content), save=False)
    kept.save()
    return kept


def exported_file(batch: PaymentBatch) -> bytes:
    """The file as it was sent. Raises Refusal: not sent yet, or the store has another file or none."""
    if batch.file is None:
        raise Refusal(_("%(batch)s was not sent yet; there is no file.") % {"batch": batch}, code="not_exported", hint=_("Send it to the bank first."))
    try:
        with batch.file.file.open("rb") as stored:
            content = stored.read()
    except (OSError, ValueError):
        content = b""
    if sha256(content).hexdigest() != batch.file_sha256:
        raise Refusal(
            _("The file of %(batch)s is not in the store as it was sent; nothing was done.") % {"batch": batch}, field="file", code="file_gone",
            hint=_("Restore it from the backup."),
        )
    return content
