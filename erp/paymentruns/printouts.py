"""What is printed of runs: the list to sign, cheques with their letter, announcements of direct debits, a mandate to sign."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from django.utils import translation
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from erp.paymentruns.models import Mandate, PaymentBatch, PaymentBatchLine
from erp.paymentruns.selectors.settings import settings_of
from erp.paymentruns.services import exported_file
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Address, Party
from suite.kernel.printing.letters import Column, Letter, day, money, number
from suite.kernel.printing.services import Printout


def sent_file(batch: PaymentBatch) -> Printout:
    """The bank's file, byte for byte as it was sent. Raises Refusal where there is none."""
    content = exported_file(batch)
    return Printout(batch.file.name, content, batch.file.media_type)


def print_list(batch: PaymentBatch) -> Printout:
    """Every line with its account and amount, for the files and for whoever signs."""
    lines = _lines(batch)
    digits = batch.currency.digits
    letter = Letter(
        company=batch.company, title=f"{batch.get_direction_display()} {batch.number}", recipient=[],
        facts=[
            (_("Bank account"), str(batch.bank_account)), (_("Executed on"), day(batch.execute_on)), (_("Sent as"), batch.get_method_display()),
            (_("Proposed by"), str(batch.created_by)), (_("Approved by"), str(batch.approved_by or "")), (_("SHA-256"), batch.file_sha256[:16]),
        ],
        columns=[
            Column(_("Transfer")), Column(_("Paid to or by"), is_wide=True), Column(_("Reference")), Column(_("Account")), Column(_("Discount"), True),
            Column(_("Amount"), True),
        ],
        rows=[
            [str(line.transfer), line.holder, line.reference, line.iban or (str(line.cheque_number or "")),
             number(line.discount, digits) if line.discount else "", number(line.amount, digits)]
            for line in lines
        ],
        totals=[(_("Total"), money(batch.total, batch.currency))], stamp="" if batch.exported_at else batch.get_status_display(),
        signature=[_("Approved"), _("Sent")],
    )
    return Printout(f"{batch.number}.pdf", letter.pdf())


def print_cheques(batch: PaymentBatch) -> Printout:
    """One page for each cheque: the letter that goes with it, with its number, payee and amount. Raises Refusal where there are none."""
    if batch.method != PaymentBatch.Method.CHEQUE or batch.exported_at is None:
        raise Refusal(
            _("%(batch)s has no cheques to print.") % {"batch": batch}, code="no_cheques", hint=_("Cheques get their numbers when the batch is sent."),
        )
    return Printout(f"{batch.number}-cheques.pdf", _bound([_cheque(batch, transfer) for transfer in _transfers(batch)]))


def _cheque(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine]) -> bytes:
    party = transfer[0].party
    with translation.override(party.language):
        return Letter(
            company=batch.company, title=_("Cheque %(number)s") % {"number": transfer[0].cheque_number}, recipient=_address(party),
            facts=[(_("Date"), day(batch.execute_on)), (_("Our payment"), f"{batch.number}-{transfer[0].transfer}")],
            columns=[Column(_("Your document"), is_wide=True), Column(_("Discount"), True), Column(_("Amount"), True)],
            rows=_rows(batch, transfer), totals=[(_("Pay to %(payee)s") % {"payee": transfer[0].holder}, money(_sum(transfer), batch.currency))],
            notes=[_("The cheque settles the documents above.")], signature=[_("Signature")],
        ).pdf()


def print_announcements(batch: PaymentBatch) -> Printout:
    """One page for each customer: what is collected, when, under which mandate. Raises Refusal for payments to suppliers."""
    if batch.direction != PaymentBatch.Direction.IN:
        raise Refusal(_("%(batch)s collects nothing; there is nothing to announce.") % {"batch": batch}, code="no_debits")
    return Printout(f"{batch.number}-announcements.pdf", _bound([_announcement(batch, transfer) for transfer in _transfers(batch)]))


def announcement_of(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine]) -> str:
    """What a customer is told before the money is collected, in the active language."""
    return _(
        "We will collect %(amount)s from your account %(iban)s on %(day)s, under mandate %(mandate)s and our creditor identifier %(creditor)s. "
        "Please see that the account holds the amount.",
    ) % {
        "amount": money(_sum(transfer), batch.currency), "iban": f"{transfer[0].iban[:4]} … {transfer[0].iban[-4:]}", "day": day(batch.execute_on),
        "mandate": transfer[0].mandate.reference, "creditor": settings_of(batch.company_id).creditor_id or "–",
    }


def _announcement(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine]) -> bytes:
    party = transfer[0].party
    with translation.override(party.language):
        return Letter(
            company=batch.company, title=_("Announcement of a direct debit"), recipient=_address(party),
            facts=[(_("Customer"), party.number), (_("Collected on"), day(batch.execute_on)), (_("Mandate"), transfer[0].mandate.reference)],
            columns=[Column(_("Document"), is_wide=True), Column(_("Discount"), True), Column(_("Amount"), True)], rows=_rows(batch, transfer),
            totals=[(_("Total"), money(_sum(transfer), batch.currency))], notes=[announcement_of(batch, transfer)],
        ).pdf()


def print_mandate(mandate: Mandate) -> Printout:
    """The form that the customer signs, in the customer's language."""
    customer = mandate.customer
    creditor = settings_of(mandate.company_id).creditor_id or "–"
    with translation.override(customer.language):
        words = _("I authorise %(company)s to send instructions to my bank to debit my account, and my bank to debit it in accordance with them.") % {
            "company": mandate.company.name}
        right = _("As part of my rights I am entitled to a refund from my bank within eight weeks of the debit, under the terms of my agreement with it.") \
            if mandate.scheme == "CORE" else _("This mandate is for payments between businesses: once my account is debited I am not entitled to a refund.")
        letter = Letter(
            company=mandate.company, title=_("SEPA direct debit mandate"), recipient=_address(customer),
            facts=[
                (_("Mandate reference"), mandate.reference), (_("Creditor identifier"), creditor), (_("Scheme"), mandate.get_scheme_display()),
                (_("Kind of payment"), _("One payment") if mandate.sequence == "OOFF" else _("Recurrent")),
            ],
            columns=[Column(_("Account"), is_wide=True), Column("")],
            rows=[[_("Account holder"), mandate.holder], ["IBAN", mandate.iban], ["BIC", mandate.bic]], notes=[words, right],
            signature=[_("Place and date"), _("Signature of the account holder")],
        )
        return Printout(f"mandate-{mandate.reference}.pdf", letter.pdf())


def _lines(batch: PaymentBatch) -> list[PaymentBatchLine]:
    return list(batch.lines.select_related("party", "mandate").order_by("position"))


def _transfers(batch: PaymentBatch) -> list[list[PaymentBatchLine]]:
    found: dict[int, list[PaymentBatchLine]] = {}
    for line in _lines(batch):
        found.setdefault(line.transfer, []).append(line)
    return list(found.values())


def _rows(batch: PaymentBatch, transfer: Sequence[PaymentBatchLine]) -> list[list[str]]:
    digits = batch.currency.digits
    return [[line.reference, number(line.discount, digits) if line.discount else "", number(line.amount, digits)] for line in transfer]


def _sum(transfer: Sequence[PaymentBatchLine]) -> Decimal:
    return sum((line.amount for line in transfer), ZERO)


def _address(party: Party) -> list[str]:
    address = Address.objects.filter(party=party).exclude(purpose=Address.Purpose.SHIPPING).order_by("-is_default", "pk").first()
    return address.lines if address else [party.name]


def _bound(pages: Sequence[bytes]) -> bytes:
    whole = PdfWriter()
    for page in pages:
        whole.append(PdfReader(BytesIO(page)))
    out = BytesIO()
    whole.write(out)
    return out.getvalue()
