"""Money to employees and back: advances paid out (PAY-5) and returned, claims paid back (PAY-11)."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.banking.models import BankAccount
from erp.claims.models import EmployeeAdvance, EmployeePayment, ExpenseClaim
from erp.claims.services.drafting import claimant_for
from erp.claims.services.posting import employee_item, mirror_items
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services import begin_entry, complete_entry, mirror_entry
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Advance, Claim, Kind = EmployeeAdvance.Status, ExpenseClaim.Status, EmployeePayment.Kind
SERIES, PAYMENTS = "ADV", "EPY"


def draft_advance(
    *, company_id: int, purpose: str, amount: Decimal, needed_on: date, actor: Any, claimant_id: int | None = None, source_key: str | None = None,
) -> EmployeeAdvance:
    """An advance asked for (claimant None: the actor), or the one that `source_key` made before. Raises Refusal."""

    def draft() -> EmployeeAdvance:
        if source_key and (known := EmployeeAdvance.objects.filter(company_id=company_id, source_key=source_key).first()):
            return known
        advance = EmployeeAdvance(
            company_id=company_id, claimant_id=claimant_id, purpose=purpose, amount=amount, needed_on=needed_on, source_key=source_key,
            created_by_id=recorded_id(actor),
        )
        prepare_advance(advance, actor=actor)
        advance.save()
        return advance

    return in_unit_of_work(draft, actor=actor)


@editing(EmployeeAdvance)
def prepare_advance(advance: EmployeeAdvance, *, actor: Any) -> None:
    """Whose advance it is, and its number. Raises Refusal: not above zero, another employee's, nobody's."""
    if advance.amount <= 0:
        raise Refusal(_("An advance is above zero; nothing was saved."), field="amount", code="employee_advance_above_zero")
    advance.claimant_id = claimant_for(advance, actor)
    advance.number = advance.number or next_number(company_id=advance.company_id, series=SERIES)


@transition(
    EmployeeAdvance, "pay", source={Advance.APPROVED}, target=Advance.PAID, label=gettext_lazy("Pay out"), icon="cash", order=20,
)
def pay_advance(
    advance: EmployeeAdvance, *, actor: Any, act: Act, bank_account_id: int, paid_on: date | None = None, on_statement: bool = False,
) -> None:
    """PAY-5: the employee has the money. It waits on outstanding payments unless it left the cash box or is on the statement already.

    Raises Refusal: closed period, missing role.
    """
    act.payload["payment_id"] = _pay(
        advance, Kind.ADVANCE, AccountRole.EMPLOYEE_ADVANCES, advance.amount, bank_account_id, paid_on, actor, on_statement=on_statement,
    ).pk
    advance.open_amount = advance.amount


@transition(
    EmployeeAdvance, "take_back", source={Advance.PAID}, target=None, label=gettext_lazy("Rest returned"), icon="arrow-back-up", order=30,
)
def take_back_advance(
    advance: EmployeeAdvance, *, actor: Any, act: Act, bank_account_id: int, amount: Decimal | None = None, paid_on: date | None = None,
    on_statement: bool = False,
) -> None:
    """What was not spent (all that is open unless an amount is said) comes back: the mirror of PAY-5. Raises Refusal: more than is open."""
    amount = advance.open_amount if amount is None else amount
    if not 0 < amount <= advance.open_amount:
        raise Refusal(
            _("%(open)s of the advance are open, %(amount)s were to come back; nothing was done.") % {"open": advance.open_amount, "amount": amount},
            field="amount", code="more_than_open", hint=_("Take back at most what is open, above zero."),
        )
    act.payload["payment_id"] = _pay(
        advance, Kind.RETURN, AccountRole.EMPLOYEE_ADVANCES, amount, bank_account_id, paid_on, actor, on_statement=on_statement,
    ).pk
    advance.open_amount -= amount
    if not advance.open_amount:
        advance.status = Advance.SETTLED


@transition(
    ExpenseClaim, "reimburse", source={Claim.POSTED}, target=None, label=gettext_lazy("Pay back"), icon="cash", order=20,
)
def reimburse_claim(
    claim: ExpenseClaim, *, actor: Any, act: Act, bank_account_id: int, amount: Decimal | None = None, paid_on: date | None = None,
    on_statement: bool = False,
) -> None:
    """PAY-11: the employee gets what is owed (all of it unless an amount is said). Raises Refusal: more than is owed, closed period."""
    amount = claim.open_amount if amount is None else amount
    if not 0 < amount <= claim.open_amount:
        raise Refusal(
            _("%(open)s are owed for %(claim)s, %(amount)s were to be paid; nothing was paid.") % {
                "open": claim.open_amount, "claim": claim, "amount": amount},
            field="amount", code="more_than_open", hint=_("Pay at most what is owed, above zero."),
        )
    act.payload["payment_id"] = _pay(
        claim, Kind.REIMBURSEMENT, AccountRole.EMPLOYEE_PAYABLE, amount, bank_account_id, paid_on, actor, on_statement=on_statement,
    ).pk
    claim.open_amount -= amount
    if not claim.open_amount:
        claim.status = Claim.PAID


def _pay(
    document: ExpenseClaim | EmployeeAdvance, kind: Kind, role: AccountRole, amount: Decimal, bank_account_id: int, paid_on: date | None,
    actor: Any, *, on_statement: bool,
) -> EmployeePayment:
    bank = BankAccount.objects.filter(company_id=document.company_id, pk=bank_account_id).first()
    if bank is None:
        raise Refusal(_("There is no such bank account; nothing was paid."), field="bank_account")
    if bank.currency_id != document.company.currency_id:
        raise Refusal(
            _("%(bank)s is kept in %(currency)s; employees are paid in company currency. Nothing was paid.") % {
                "bank": bank, "currency": bank.currency_id}, field="bank_account", hint=_("Choose an account in company currency."),
        )
    paid_on = paid_on or timezone.localdate()
    if paid_on > timezone.localdate():
        raise Refusal(_("%(day)s is in the future; nothing was paid.") % {"day": paid_on}, field="paid_on")
    sign = -1 if kind == Kind.RETURN else 1
    is_claim = isinstance(document, ExpenseClaim)
    entry = begin_entry(
        company_id=document.company_id, journal_id=bank.journal_id, ledger_date=paid_on, actor=actor, source_key=f"{document.key}/{kind}/{document.version}",
        description=f"{kind.label} {document.number} {document.claimant}",
    )
    payment = insert_row(EmployeePayment(
        company_id=document.company_id, number=next_number(company_id=document.company_id, series=PAYMENTS), kind=kind,
        employee_id=document.claimant_id, claim=document if is_claim else None, advance=None if is_claim else document, bank_account=bank,
        paid_on=paid_on, amount=amount, is_on_statement=on_statement or bank.is_cash, entry=entry, created_by_id=recorded_id(actor),
    ))
    waiting = AccountRole.OUTSTANDING_RECEIPTS if kind == Kind.RETURN else AccountRole.OUTSTANDING_PAYMENTS
    money = EntryLine(account_id=bank.account_id, amount=-sign * amount) if payment.is_on_statement else EntryLine(waiting, amount=-sign * amount)
    complete_entry(
        entry, [EntryLine(role, amount=sign * amount, party_id=document.claimant_id), money], actor,
        beside=([employee_item(entry, role, document.claimant_id, document.key, sign * amount, by=payment.key)],),
    )
    return payment


@transition(
    EmployeePayment, "reverse", source={EmployeePayment.Status.POSTED}, target=EmployeePayment.Status.REVERSED, label=gettext_lazy("Reverse"),
    icon="arrow-back-up", is_dangerous=True, order=80,
)
def reverse_employee_payment(payment: EmployeePayment, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror of the payment's entry, dated `on` (today): the claim is owed again, the advance was never given, or is open again.

    Raises Refusal: dated before the payment, an advance that claims or returns have used, closed period.
    """
    on = on or max(timezone.localdate(), payment.paid_on)
    if on < payment.paid_on:
        raise Refusal(_("A payment is not reversed before it was made; nothing was done."), field="on", code="too_early")
    if payment.kind == Kind.ADVANCE and payment.advance.open_amount != payment.amount:
        raise Refusal(
            _("%(advance)s is used in part; its payment stays.") % {"advance": payment.advance}, code="advance_used",
            hint=_("Reverse the claims and returns that used it first."),
        )
    mirror = mirror_entry(
        payment.entry, on=on, actor=actor, source_key=f"{payment.key}/reversed", description=f"Reversal of {payment.number} {reason}".strip(),
    )
    mirror_items(payment.entry, mirror)
