"""E-invoices that come in: kept as they came, recognised, made into a draft bill, or laid before a person with what is missing."""

from hashlib import sha256
from pathlib import PurePath
from typing import Any
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.rules.billing import Problem, bill_lines
from erp.einvoicing.rules.building import plain_vat
from erp.einvoicing.rules.document import ElectronicInvoice
from erp.einvoicing.rules.reading import read_file
from erp.einvoicing.selectors import content_of
from erp.einvoicing.services.recognising import Recognised, is_known_account, recognise, usual_account
from erp.payables.models import SupplierBill
from erp.payables.services import draft_bill
from suite.access.permissions import may
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import BusinessError, Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id

Status = ReceivedInvoice.Status


def receive_invoice(*, company_id: int, content: bytes, file_name: str, actor: Any) -> ReceivedInvoice:
    """The e-invoice kept, with its draft bill where everything was recognised, else with `problems` field by field.

    Raises PermissionDenied; Refusal: unreadable or unsafe file, no number, date or seller, the file or the invoice came before.
    """
    if not may(actor, ReceivedInvoice, "add"):
        raise PermissionDenied("erp.add_receivedinvoice")
    document, xml = read_file(content)
    _refuse_incomplete(document)

    def receive() -> ReceivedInvoice:
        company = Company.objects.get(pk=company_id)
        found = recognise(company, document, xml)
        received = _row(company, document, found, content, file_name, actor)
        _refuse_known(received)
        ending = "pdf" if content.lstrip()[:5] == b"%PDF-" else "xml"
        received.file.save(f"{uuid4().hex}.{ending}", ContentFile(content), save=False)
        received.save()
        if found.problems or not may(actor, ReceivedInvoice, "bill"):
            return received
        try:
            with transaction.atomic():
                return bill_received(received, actor=actor)
        except BusinessError as error:
            received.problems = [Problem(error.field or "bill", error.message, error.hint, is_final=True).as_row()]
            received.save(update_fields=["problems"])
            return received

    return in_unit_of_work(receive, actor=actor)


def _refuse_incomplete(document: ElectronicInvoice) -> None:
    missing = [
        label for label, value in (
            (_("number"), document.number), (_("date"), document.issued_on), (_("sender"), document.seller.name), (_("currency"), document.currency),
            (_("lines"), document.lines),
        ) if not value
    ]
    if missing:
        raise Refusal(
            _("The invoice does not say its %(what)s; it was not kept.") % {"what": ", ".join(missing)}, field="file", code="incomplete",
            hint=_("Ask the sender for a complete one, or enter the bill by hand."),
        )


def _row(company: Company, document: ElectronicInvoice, found: Recognised, content: bytes, file_name: str, actor: Any) -> ReceivedInvoice:
    seller, vat = document.seller, plain_vat(document.seller.vat_number)
    return ReceivedInvoice(
        company=company, created_by_id=recorded_id(actor), number=document.number[:40], kind=document.kind, syntax=_syntax(content, document),
        file_name=PurePath((file_name or "e-invoice").replace("\\", "/")).name[:160], sha256=sha256(content).hexdigest(), seller_name=seller.name[:160],
        seller_vat=vat[:32], seller_key=(vat or " ".join(seller.name.casefold().split()))[:160], supplier=found.supplier, recognised_by=found.by,
        issued_on=document.issued_on, due_on=document.due_on, currency_code=document.currency[:3], net=document.net, tax=document.tax, gross=document.gross,
        payable=document.payable, problems=[problem.as_row() for problem in found.problems],
    )


def _syntax(content: bytes, document: ElectronicInvoice) -> str:
    return "Factur-X" if content.lstrip()[:5] == b"%PDF-" else document.syntax


def _refuse_known(received: ReceivedInvoice) -> None:
    rows = ReceivedInvoice.objects.filter(company_id=received.company_id)
    same_file = rows.filter(sha256=received.sha256).first()
    same = same_file or rows.exclude(status=Status.DISMISSED).filter(
        seller_key=received.seller_key, kind=received.kind, number=received.number, issued_on=received.issued_on,
    ).first()
    if same is not None:
        raise Refusal(
            _("%(number)s of %(seller)s came before (%(file)s, %(day)s); nothing was saved.") % {
                "number": same.number, "seller": same.seller_name, "file": same.file_name, "day": f"{same.created_at:%Y-%m-%d}"},
            field="file", code="received_before", hint=_("Open it under Payables → Received e-invoices."),
        )


@transition(
    ReceivedInvoice, "bill", source={Status.OPEN}, target=Status.BILLED, label=gettext_lazy("Make the bill"), icon="file-plus", order=10,
)
def bill_received(received: ReceivedInvoice, *, actor: Any, act: Act, supplier_id: int | None = None, account_id: int | None = None) -> None:
    """A draft bill that adds up to what the file says. Without `account_id`: the account of the supplier's last bill, else the expense account.

    Raises Refusal: supplier, tax or currency not recognised, the bill is there already, its totals are not the file's.
    """
    document, _xml = read_file(content_of(received))
    supplier = Party.objects.filter(pk=supplier_id, company_id=received.company_id, is_supplier=True).first() if supplier_id else received.supplier
    if supplier_id and supplier is None:
        raise Refusal(_("There is no such supplier; no bill was made."), field="supplier", code="no_supplier", hint=_("Choose one from the list."))
    found = recognise(received.company, document, supplier=supplier)
    final = next((problem for problem in found.problems if problem.is_final), None)
    if final is not None:
        raise Refusal(_("%(problem)s No bill was made.") % {"problem": final.message}, field=final.field, code="not_recognised", hint=final.hint)
    corrected = SupplierBill.objects.filter(
        company_id=received.company_id, supplier=found.supplier, supplier_reference=document.corrects, kind=SupplierBill.Kind.BILL, status="posted",
    ).first() if document.is_credit and document.corrects else None
    bill = draft_bill(
        company_id=received.company_id, supplier_id=found.supplier.pk, supplier_reference=document.number[:60], issued_on=document.issued_on,
        kind=SupplierBill.Kind.CREDIT_NOTE if document.is_credit else SupplierBill.Kind.BILL, currency_id=found.currency.pk,
        lines=bill_lines(
            document, found.taxes, account_id=account_id or usual_account(received.company_id, found.supplier.pk), digits=found.currency.digits,
        ),
        tax_date=document.delivered_on, stated_total=document.gross, source_key=received.key, note=_note(document, found.supplier)[:200],
        corrects_id=corrected and corrected.pk, actor=actor,
    )
    if (bill.net, bill.gross) != (document.net, document.gross):
        raise Refusal(
            _("The bill would come to %(net)s and %(gross)s, the file says %(stated_net)s and %(stated)s; no bill was made.")
            % {"net": bill.net, "gross": bill.gross, "stated_net": document.net, "stated": document.gross},
            field="totals", code="totals_differ", hint=_("Enter the bill by hand, or ask the sender for a correct invoice."),
        )
    received.supplier, received.recognised_by, received.bill = found.supplier, received.recognised_by if not supplier_id else found.by, bill
    received.problems = [problem.as_row() for problem in found.problems]


@transition(
    ReceivedInvoice, "dismiss", source={Status.OPEN}, target=Status.DISMISSED, label=gettext_lazy("Dismiss"), icon="x", is_dangerous=True, order=90,
)
def dismiss_received(received: ReceivedInvoice, *, actor: Any, act: Act, reason: str = "") -> None:
    """Not for us, or entered otherwise: no bill is made. The file stays. Raises Refusal without a reason."""
    if not reason.strip():
        raise Refusal(_("Say why it is dismissed; nothing was changed."), field="reason", code="reason_missing", hint=_("One sentence is enough."))


def _note(document: ElectronicInvoice, supplier: Party) -> str:
    words = [_("E-invoice")]
    if document.due_on:
        words.append(_("due on %(day)s") % {"day": document.due_on})
    if document.prepaid:
        words.append(_("%(amount)s paid before") % {"amount": document.prepaid})
    if document.iban and not is_known_account(supplier, document.iban):
        words.append(_("its bank account %(iban)s is not an approved one of the supplier") % {"iban": document.iban})
    return "; ".join(words)
