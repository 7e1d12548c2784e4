"""Claims as employees write them."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.claims.models import EmployeeAdvance, ExpenseClaim, ExpenseClaimLine, ExpenseReceipt, ExpenseType
from erp.claims.rules import ClaimLineInput, of_gross
from erp.claims.selectors import employee_of, judge, rate_of
from erp.ledger.models import Account
from suite.kernel.attachments.services import keep_file
from suite.kernel.companies.models import Company
from suite.kernel.documents.editing import edited, editing, refuse_unless_editable
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.models import Currency
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.money.selectors import rate_on
from suite.kernel.numbering.services import next_number
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id

SERIES = "EXP"


def draft_claim(
    *, company_id: int, purpose: str, lines: Sequence[ClaimLineInput], actor: Any, claimant_id: int | None = None, source_key: str | None = None,
    note: str = "",
) -> ExpenseClaim:
    """A draft claim of the employee (None: the actor), or the one that `source_key` made before.

    Raises Refusal: another employee's claim, no employee, a line that is negative, of the future, without rate or exchange rate.
    """

    def draft() -> ExpenseClaim:
        if source_key and (known := ExpenseClaim.objects.filter(company_id=company_id, source_key=source_key).first()):
            return known
        claim = ExpenseClaim(
            company_id=company_id, claimant_id=claimant_id, purpose=purpose, source_key=source_key, note=note, created_by_id=recorded_id(actor),
        )
        prepare_claim(claim, actor=actor)
        claim.save()
        for position, line in enumerate(lines, 1):
            _refuse_negative(position, line.quantity, line.unit_price)
        insert_rows([
            ExpenseClaimLine(
                company_id=company_id, claim=claim, position=position, spent_on=line.spent_on, type_id=line.type_id, quantity=line.quantity,
                unit_price=line.unit_price or ZERO, description=line.description[:200], currency_id=line.currency_id, tax_id=line.tax_id,
            )
            for position, line in enumerate(lines, 1)
        ])
        price_claim(claim, actor=actor)
        return claim

    return in_unit_of_work(draft, actor=actor)


@editing(ExpenseClaim)
def prepare_claim(claim: ExpenseClaim, *, actor: Any) -> None:
    """Whose claim it is, and its number. Raises Refusal: another employee's, or nobody's."""
    claim.claimant_id = claimant_for(claim, actor)
    claim.number = claim.number or next_number(company_id=claim.company_id, series=SERIES)


def claimant_for(document: ExpenseClaim | EmployeeAdvance, actor: Any) -> int:
    """The employee (key) a claim or advance is for: the actor unless another is named. Raises Refusal: not an employee, not one's own."""
    own = None if getattr(actor, "is_service", False) else employee_of(actor)
    claimant_id = document.claimant_id or (own and own.pk)
    if claimant_id is None:
        raise Refusal(
            _("Nothing says whose expenses these are; nothing was saved."), field="claimant", code="no_employee",
            hint=_("Ask accounting to enter you under Employees' users, or choose the employee."),
        )
    if not Party.objects.filter(pk=claimant_id, company_id=document.company_id, is_employee=True).exists():
        raise Refusal(_("This is no employee of the company; nothing was saved."), field="claimant", code="no_employee", hint=_("Choose an employee."))
    if (own is None or own.pk != claimant_id) and not actor.has_perm("erp.write_every_expenseclaim"):
        raise Refusal(
            _("You write claims of your own only; nothing was saved."), field="claimant", code="claim_of_another",
            hint=_("Leave the employee empty."),
        )
    return claimant_id


@edited(ExpenseType)
def refuse_control_account(type: ExpenseType, *, actor: Any) -> None:
    """Raises Refusal where the type's account is kept by other documents."""
    if type.account is not None and type.account.control != Account.Control.NONE:
        raise Refusal(
            _("%(account)s is kept by its own documents; nothing was saved.") % {"account": type.account}, field="account", code="control_account",
            hint=_("Choose an expense account."),
        )


@edited(ExpenseClaim)
def price_claim(claim: ExpenseClaim, *, actor: Any) -> None:
    """Rates, amounts in company currency, tax inside, totals and remarks after header and lines were typed.

    Raises Refusal naming the line: below zero, of the future, no rate of the type, no exchange rate, a receipt of another claim.
    """
    company = Company.objects.select_related("currency").get(pk=claim.company_id)
    lines = list(claim.lines.select_related("type", "tax", "type__tax", "currency").order_by("position"))
    today = timezone.localdate()
    for line in lines:
        _refuse_negative(line.position, line.quantity, line.unit_price)
        if line.spent_on > today:
            raise Refusal(
                _("Line %(position)s: %(day)s is in the future; nothing was saved.") % {"position": line.position, "day": line.spent_on},
                field="spent_on", code="expense_of_the_future", hint=_("Claim what was spent, not what will be: ask for an advance instead."),
            )
        _price(line, company)
    for line, remarks in zip(lines, judge(claim, lines), strict=True):
        line.remarks, line.is_blocked = "\n".join(remarks.texts), remarks.is_blocked
    ExpenseClaimLine.objects.bulk_update(
        lines, ["unit_price", "exchange_rate", "amount", "tax_rate", "net", "tax_amount", "gross", "remarks", "is_blocked"],
    )
    claim.net, claim.tax = sum((line.net for line in lines), ZERO), sum((line.tax_amount for line in lines), ZERO)
    claim.gross = claim.net + claim.tax
    ExpenseClaim.objects.filter(pk=claim.pk).update(net=claim.net, tax=claim.tax, gross=claim.gross)


def _refuse_negative(position: int, quantity: Any, unit_price: Any) -> None:
    if quantity <= 0 or (unit_price or ZERO) < 0:
        raise Refusal(
            _("Line %(position)s is not above zero; nothing was saved.") % {"position": position}, field="unit_price", code="expense_line_positive",
            hint=_("Enter what was paid, without a sign. Money you got back belongs on an advance's return."),
        )


def _price(line: ExpenseClaimLine, company: Company) -> None:
    currency: Currency = line.currency or company.currency
    if line.type.measure != ExpenseType.Measure.AMOUNT:
        # The rate is company currency: what a kilometre is worth does not depend on where it was driven.
        line.unit_price, line.currency, currency = rate_of(line.type, line.spent_on), None, company.currency
    line.exchange_rate = rate_on(company_id=company.pk, currency_id=currency.pk, on=line.spent_on)
    line.amount = round_money(line.quantity * line.unit_price, currency.digits)
    if not line.amount:
        raise Refusal(
            _("Line %(position)s is not above zero; nothing was saved.") % {"position": line.position}, field="unit_price",
            code="expense_line_positive", hint=_("Enter what was paid."),
        )
    line.gross = round_money(line.amount * line.exchange_rate, company.currency.digits)
    tax = line.tax or line.type.tax
    # Tax of another country cannot be deducted here: what was paid in foreign currency is cost as a whole unless a tax is named.
    if tax is not None and (line.tax_id or currency.pk == company.currency_id):
        line.tax_rate = tax.rate
    else:
        line.tax_rate = ZERO
    line.net, line.tax_amount = of_gross(line.gross, line.tax_rate, company.currency.digits)


def attach_receipt(*, line: ExpenseClaimLine, file: UploadedFile, actor: Any) -> ExpenseReceipt:
    """The receipt of a line, kept with its claim. A claim may name one file on several of its lines.

    Raises Refusal: the file is on another claim of the company, of a wrong kind or too large; TransitionNotAllowed: no draft.
    """

    def attach() -> ExpenseReceipt:
        claim = lock_one(ExpenseClaim, line.claim_id)
        refuse_unless_editable(claim)
        kept = keep_file(record=claim, file=file, actor=actor)
        known = ExpenseReceipt.objects.filter(company_id=claim.company_id, sha256=kept.sha256).select_related("claim").first()
        if known is None:
            try:
                with transaction.atomic():
                    known = ExpenseReceipt.objects.create(company_id=claim.company_id, claim=claim, attachment=kept, sha256=kept.sha256)
            except IntegrityError as error:
                if "expense_receipt_once" not in str(error):
                    raise
                # Handed in elsewhere at this very moment.
                known = ExpenseReceipt.objects.select_related("claim").get(company_id=claim.company_id, sha256=kept.sha256)
        if known.claim_id != claim.pk:
            kept.file.delete(save=False)
            raise Refusal(
                _("This receipt is on %(claim)s of %(employee)s already; it was not kept.") % {
                    "claim": known.claim, "employee": known.claim.claimant},
                field="file", code="expense_receipt_once", hint=_("A receipt is claimed once. Choose another file."),
            )
        if known.attachment_id != kept.pk:
            kept.file.delete(save=False)
            kept.delete()
        line.receipt = known
        line.save(update_fields=["receipt"])
        price_claim(claim, actor=actor)
        return known

    return in_unit_of_work(attach, actor=actor)


def add_claim_line(*, claim: ExpenseClaim, line: ClaimLineInput, actor: Any, file: UploadedFile | None = None) -> ExpenseClaimLine:
    """One more expense on a draft, with its receipt. Raises Refusal as draft_claim and attach_receipt do: then neither is kept."""

    def add() -> ExpenseClaimLine:
        kept = lock_one(ExpenseClaim, claim.pk)
        refuse_unless_editable(kept)
        claimant_for(kept, actor)
        last = kept.lines.order_by("-position").values_list("position", flat=True).first() or 0
        _refuse_negative(last + 1, line.quantity, line.unit_price)
        made = ExpenseClaimLine.objects.create(
            company_id=kept.company_id, claim=kept, position=last + 1, spent_on=line.spent_on, type_id=line.type_id, quantity=line.quantity,
            unit_price=line.unit_price or ZERO, description=line.description[:200], currency_id=line.currency_id, tax_id=line.tax_id,
        )
        if file is not None:
            attach_receipt(line=made, file=file, actor=actor)
        else:
            price_claim(kept, actor=actor)
        return made

    return in_unit_of_work(add, actor=actor)


def drop_claim_line(*, line: ExpenseClaimLine, actor: Any) -> None:
    """Takes an expense off a draft; a receipt that no line names any more may be claimed again. Raises TransitionNotAllowed: no draft."""

    def drop() -> None:
        claim = lock_one(ExpenseClaim, line.claim_id)
        refuse_unless_editable(claim)
        claimant_for(claim, actor)
        receipt = line.receipt
        line.delete()
        if receipt is not None and not receipt.lines.exists():
            receipt.delete()
        for position, left in enumerate(claim.lines.order_by("position"), 1):
            if left.position != position:
                left.position = position
                left.save(update_fields=["position"])
        price_claim(claim, actor=actor)

    in_unit_of_work(drop, actor=actor)
