"""Bank accounts, and what their statements show."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.banking.models import BankAccount, StatementLine
from erp.ledger.models import Account, Journal
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import accounts_of
from erp.ledger.services import post_entry
from erp.receivables.models import CustomerPayment
from erp.receivables.services import draft_payment, mark_matched, post_payment
from erp.receivables.services.statements import statement_lines
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.money.rules import ZERO


def open_bank_account(
    *, company: Company, actor: Any, code: str, name: str, account_code: str = "1010", is_cash: bool = False, iban: str = "",
    cash_rounding: Decimal = ZERO, currency_id: str | None = None,
) -> BankAccount:
    """A bank account or cash box on a ledger account of the company; the existing one of that code when it is there."""

    def open_account() -> BankAccount:
        known = BankAccount.objects.filter(company=company, code=code).first()
        return known or BankAccount.objects.create(
            company=company, code=code, name=name, iban=iban, is_cash=is_cash, cash_rounding=cash_rounding, currency_id=currency_id or company.currency_id,
            account=Account.objects.get(company=company, code=account_code),
            journal=Journal.objects.filter(company=company, kind=Journal.Kind.BANK).order_by("pk").first(),
        )

    return in_unit_of_work(open_account, actor=actor)


def enter_statement_line(
    *, bank_account: BankAccount, booked_on, amount: Decimal, actor: Any, text: str = "", party_id: int | None = None,
    external_id: str | None = None,
) -> StatementLine:
    """A movement as the bank reports it (amount above zero: money in); the known one for the same id of the bank."""

    def enter() -> StatementLine:
        if external_id and (known := StatementLine.objects.filter(bank_account=bank_account, external_id=external_id).first()):
            return known
        return insert_row(StatementLine(
            company_id=bank_account.company_id, bank_account=bank_account, booked_on=booked_on, amount=amount, text=text, party_id=party_id,
            external_id=external_id,
        ))

    return in_unit_of_work(enter, actor=actor)


@transition(
    StatementLine, "match", source={StatementLine.Status.OPEN}, target=StatementLine.Status.MATCHED, label=gettext_lazy("Match"), icon="link",
    order=10,
)
def match_statement_line(
    line: StatementLine, *, actor: Any, act: Act, payment_id: int | None = None, account_role: str | None = None,
) -> None:
    """O2C-5: the payment is on the statement (a shortfall is the bank's fee, BNK-3). Without a payment: money of the line's party is posted
    and allocated at once; or the line goes to the account of `account_role` (BNK-1: bank fees; SUSPENSE: payer unknown).

    Raises Refusal: amounts that do not fit, closed period.
    """
    bank = line.bank_account
    if payment_id is not None:
        _match_payment(line, payment_id, actor)
    elif account_role is not None:
        _post(line, actor, [EntryLine(AccountRole(account_role), amount=-line.amount)])
    elif line.party_id and line.amount > 0:
        payment = draft_payment(
            company_id=line.company_id, customer_id=line.party_id, bank_account_id=bank.pk, amount=line.amount, paid_on=line.booked_on,
            currency_id=bank.currency_id, reference=line.text, actor=actor, source_key=line.key,
        )
        payment = post_payment(payment, actor=actor, on_statement=True)
        line.payment, line.entry_id = payment, payment.entry_id
    else:
        raise Refusal(
            _("Nothing says what %(amount)s is; nothing was matched.") % {"amount": line.amount},
            hint=_("Choose a payment, a customer, or an account such as bank fees or suspense."),
        )


def _match_payment(line: StatementLine, payment_id: int, actor: Any) -> None:
    payment = CustomerPayment.objects.filter(pk=payment_id, company_id=line.company_id).first()
    if payment is None:
        raise Refusal(_("There is no such payment; nothing was matched."), field="payment_id")
    is_refund = payment.kind == CustomerPayment.Kind.REFUND
    expected = -payment.amount if is_refund else payment.amount
    is_changed = line.bank_account.currency_id != payment.currency_id
    # Changed by the bank on arrival: what the amounts differ by is exchange, no fee.
    fee = ZERO if is_changed else expected - line.amount
    if line.bank_account_id != payment.bank_account_id or fee < 0 or (line.amount > 0) == is_refund or fee >= payment.amount:
        raise Refusal(
            _("The statement shows %(line)s, the payment %(payment)s; nothing was matched.") % {"line": line.amount, "payment": expected},
            field="payment_id", code="amounts_differ", hint=_("Choose the payment of this amount; only a bank fee may lower it."),
        )
    role = AccountRole.OUTSTANDING_PAYMENTS if is_refund else AccountRole.OUTSTANDING_RECEIPTS
    mark_matched(payment, actor=actor)
    _post(line, actor, [EntryLine(role, amount=-expected), EntryLine(AccountRole.BANK_FEES, amount=fee)], payment)
    line.payment = payment


def _post(line: StatementLine, actor: Any, others: list[EntryLine], payment: CustomerPayment | None = None) -> None:
    accounts = accounts_of(line.company_id)
    control = Account.objects.filter(pk__in=[accounts.of(other.wanted) for other in others]).exclude(control=Account.Control.NONE).first()
    if control:
        raise Refusal(_("%(account)s is a control account; nothing was matched.") % {"account": control}, code="control_account")
    line.entry = post_entry(
        company_id=line.company_id, journal_id=line.bank_account.journal_id, ledger_date=line.booked_on,
        description=line.text or str(_("Bank statement")), actor=actor,
        lines=statement_lines(
            company_id=line.company_id, account_id=line.bank_account.account_id, currency_id=line.bank_account.currency_id, amount=line.amount,
            on=line.booked_on, others=others, payment=payment, waiting_account_id=payment and accounts.of(others[0].wanted),
        ),
    )
