"""Profit that leaves the company."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.banking.models import BankAccount
from erp.closing.models import Dividend
from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import balance_of
from erp.ledger.services import EntryLine, post_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition

Status = Dividend.Status


@transition(Dividend, "declare", source={Status.DRAFT}, target=Status.DECLARED, label=gettext_lazy("Declare"), icon="gavel", is_dangerous=True, order=10)
def declare_dividend(dividend: Dividend, *, actor: Any, act: Act) -> None:
    """CLS-2: out of retained earnings, owed to the owners. Raises Refusal: more than retained earnings hold, a closed period."""
    held = -balance_of(dividend.company_id, AccountRole.RETAINED_EARNINGS, dividend.declared_on)
    if dividend.amount > held:
        raise Refusal(
            _("Retained earnings hold %(held)s on that day; no dividend of %(amount)s was declared.") % {"held": held, "amount": dividend.amount},
            field="amount", code="above_retained_earnings", hint=_("Close the year first, or declare less."),
        )
    dividend.entry = post_entry(
        company_id=dividend.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=dividend.declared_on, actor=actor, source_key=dividend.key,
        description=dividend.description or _("Dividend declared"), lines=[
            EntryLine(AccountRole.RETAINED_EARNINGS, amount=dividend.amount), EntryLine(AccountRole.DIVIDENDS_PAYABLE, amount=-dividend.amount),
        ],
    )


@transition(Dividend, "pay", source={Status.DECLARED}, target=Status.PAID, label=gettext_lazy("Pay"), icon="cash", order=20)
def pay_dividend(dividend: Dividend, *, actor: Any, act: Act, bank_account_id: int, paid_on: date | None = None) -> None:
    """CLS-3: paid from a bank account. Raises Refusal: no such account, before it was declared, a closed period."""
    dividend.paid_on = paid_on or timezone.localdate()
    if dividend.paid_on < dividend.declared_on:
        raise Refusal(_("A dividend is not paid before it is declared; nothing was posted."), field="paid_on")
    dividend.payment_entry = pay_from_bank(
        company_id=dividend.company_id, bank_account_id=bank_account_id, on=dividend.paid_on, source_key=f"{dividend.key}/payment", actor=actor,
        description=_("Dividend paid"), line=EntryLine(AccountRole.DIVIDENDS_PAYABLE, amount=dividend.amount),
    )


def pay_from_bank(*, company_id: int, bank_account_id: int, on: date, source_key: str, description: str, line: EntryLine, actor: Any) -> Any:
    """The entry that settles `line` (debit above zero) from a bank account of the company. Raises Refusal: no such account, a closed period."""
    bank = BankAccount.objects.filter(pk=bank_account_id, company_id=company_id).first()
    if bank is None:
        raise Refusal(_("There is no such bank account; nothing was posted."), field="bank_account_id")
    return post_entry(
        company_id=company_id, journal_id=bank.journal_id, ledger_date=on, description=description, actor=actor, source_key=source_key,
        lines=[line, EntryLine(account_id=bank.account_id, amount=-line.amount)],
    )
