"""What a statement line is: one thing or several parts, posted, and taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.banking.matching.learning import learn
from erp.banking.models import BankStatement, StatementLine, StatementMatch
from erp.banking.rules import PartInput
from erp.ledger.models import Account, JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import accounts_of
from erp.ledger.services import post_entry
from erp.receivables.models import CustomerPayment
from erp.receivables.services import draft_payment, mark_matched, post_payment, reverse_payment, unmark_matched
from erp.receivables.services.statements import statement_lines
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.writing import insert_rows
from suite.kernel.money.rules import ZERO

Status, Kind = StatementLine.Status, StatementMatch.Kind


@transition(
    StatementLine, "match", source={Status.OPEN}, target=Status.MATCHED, label=gettext_lazy("Match"), icon="link", order=10,
)
def match_statement_line(
    line: StatementLine, *, actor: Any, act: Act, parts: Sequence[PartInput] | None = None, payment_id: int | None = None,
    account_role: str | None = None, account_id: int | None = None, score: int | None = None, reasons: str = "", unaided: bool = False,
    remember: bool = False,
) -> None:
    """O2C-5: the payment is on the statement (a shortfall is the bank's fee, BNK-3). Without a payment: money of the line's party is posted
    and allocated at once; or the line goes to an account, also by its role (BNK-1: BANK_FEES; BNK-2: TRANSFER_CLEARING; SUSPENSE: payer
    unknown). `parts` split it. `remember`: rules learn from it.

    Raises Refusal: parts or amounts that do not fit, a control account, an entry used before, closed period.
    """
    if parts is None:
        parts = [_whole(line, payment_id, account_role, account_id)]
    total = sum((part.amount for part in parts), ZERO)
    if not parts or total != line.amount:
        raise Refusal(
            _("The parts make %(total)s, the line shows %(amount)s; nothing was matched.") % {"total": total, "amount": line.amount},
            field="parts", code="parts_differ", hint=_("Change the parts until they make the line's amount."),
        )
    rows = _posted(line, parts, actor)
    insert_rows(rows)
    line.entry_id, line.score, line.reasons, line.is_unaided = rows[0].entry_id, score, reasons[:300], unaided
    line.payment = next((row.payment for row in rows if row.payment_id), None)
    line.party_id = line.party_id or next((row.party_id for row in rows if row.party_id), None)
    if line.statement_id:
        BankStatement.objects.filter(pk=line.statement_id, status=BankStatement.Status.IMPORTED).update(
            status=BankStatement.Status.PARTIALLY_MATCHED, version=F("version") + 1,
        )
    if remember:
        learn(line, rows)
    act.payload["amount"] = str(line.amount)


def _whole(line: StatementLine, payment_id: int | None, account_role: str | None, account_id: int | None) -> PartInput:
    if payment_id is not None:
        return PartInput(line.amount, payment_id=payment_id)
    if account_role is not None:
        return PartInput(line.amount, account_id=accounts_of(line.company_id).of(AccountRole(account_role)))
    if account_id is not None:
        return PartInput(line.amount, account_id=account_id)
    if line.party_id and line.amount > 0:
        return PartInput(line.amount, party_id=line.party_id)
    raise Refusal(
        _("Nothing says what %(amount)s is; nothing was matched.") % {"amount": line.amount},
        hint=_("Choose a payment, a customer, or an account such as bank fees or suspense."),
    )


def _posted(line: StatementLine, parts: Sequence[PartInput], actor: Any) -> list[StatementMatch]:
    """The rows of the parts, everything posted: one entry for payments and accounts, one for each customer's money."""
    rows, shared, lines = [], [], []
    for position, part in enumerate(parts, 1):
        row = StatementMatch(company_id=line.company_id, line=line, position=position, amount=part.amount, party_id=part.party_id)
        if part.payment_id is not None:
            lines += _payment_part(line, row, part, actor)
            shared.append(row)
        elif part.account_id is not None:
            row.kind, row.account_id = Kind.ACCOUNT, part.account_id
            lines.append(EntryLine(account_id=part.account_id, amount=-part.amount, party_id=part.party_id))
            shared.append(row)
        elif part.entry_id is not None:
            row.kind, row.entry = Kind.ENTRY, _entry_in_the_books(line, part)
        else:
            _customer_part(line, row, part, actor)
        rows.append(row)
    if shared:
        entry = _post(line, actor, sum((row.amount for row in shared), ZERO), lines, _alone(line, shared))
        for row in shared:
            row.entry = entry
    return rows


def _alone(line: StatementLine, shared: Sequence[StatementMatch]) -> CustomerPayment | None:
    """The payment that the entry is about; None where it is about something else or several. Raises Refusal: exchange among several parts."""
    payments = [row.payment for row in shared if row.payment_id]
    if len(shared) == 1:
        return payments[0] if payments else None
    home = line.bank_account.company.currency_id
    if any({payment.currency_id, line.bank_account.currency_id} != {home} for payment in payments):
        raise Refusal(
            _("A payment in foreign currency is matched alone, not as one of several parts; nothing was matched."), field="parts",
            code="foreign_part", hint=_("Match the whole line with it, or book the other parts by hand."),
        )
    return None


def _payment_part(line: StatementLine, row: StatementMatch, part: PartInput, actor: Any) -> list[EntryLine]:
    payment = CustomerPayment.objects.filter(pk=part.payment_id, company_id=line.company_id).first()
    if payment is None:
        raise Refusal(_("There is no such payment; nothing was matched."), field="payment_id")
    is_refund = payment.kind == CustomerPayment.Kind.REFUND
    expected = -payment.amount if is_refund else payment.amount
    is_changed = line.bank_account.currency_id != payment.currency_id
    # Changed by the bank on arrival: what the amounts differ by is exchange, no fee.
    fee = ZERO if is_changed else expected - part.amount
    if line.bank_account_id != payment.bank_account_id or fee < 0 or (part.amount > 0) == is_refund or fee >= payment.amount:
        raise Refusal(
            _("The statement shows %(line)s, the payment %(payment)s; nothing was matched.") % {"line": part.amount, "payment": expected},
            field="payment_id", code="amounts_differ", hint=_("Choose the payment of this amount; only a bank fee may lower it."),
        )
    row.kind, row.payment, row.party_id, row.fee = Kind.PAYMENT, payment, payment.customer_id, fee
    mark_matched(payment, actor=actor)
    role = AccountRole.OUTSTANDING_PAYMENTS if is_refund else AccountRole.OUTSTANDING_RECEIPTS
    return [EntryLine(role, amount=-expected), EntryLine(AccountRole.BANK_FEES, amount=fee)]


def _customer_part(line: StatementLine, row: StatementMatch, part: PartInput, actor: Any) -> None:
    if part.party_id is None:
        raise Refusal(
            _("Nothing says what %(amount)s is; nothing was matched.") % {"amount": part.amount}, field="parts",
            hint=_("Choose a payment, a customer, or an account such as bank fees or suspense."),
        )
    payment = draft_payment(
        company_id=line.company_id, customer_id=part.party_id, bank_account_id=line.bank_account_id, amount=abs(part.amount),
        paid_on=line.ledger_on or line.booked_on, currency_id=line.bank_account.currency_id, reference=line.text[:140], actor=actor,
        kind=CustomerPayment.Kind.RECEIPT if part.amount > 0 else CustomerPayment.Kind.REFUND,
        source_key=line.key if (line.version, row.position) == (1, 1) else f"{line.key}/{line.version}/{row.position}",
    )
    row.kind, row.payment = Kind.RECEIPT, post_payment(payment, actor=actor, allocations=part.allocations, on_statement=True)
    row.entry_id = row.payment.entry_id


def _entry_in_the_books(line: StatementLine, part: PartInput) -> JournalEntry:
    entry = JournalEntry.objects.filter(pk=part.entry_id, company_id=line.company_id, status=JournalEntry.Status.POSTED).first()
    left = entry and entry_left(entry.pk, line.bank_account)
    if not left or left * part.amount < 0 or abs(part.amount) > abs(left):
        raise Refusal(
            _("This entry does not put %(amount)s on the bank account, or another line shows it; nothing was matched.") % {"amount": part.amount},
            field="entry_id", code="entry_does_not_fit",
        )
    return entry


def entry_left(entry_id: int, bank_account: Any) -> Decimal:
    """What an entry puts on the bank's ledger account that no statement line shows yet."""
    there = JournalLine.objects.filter(entry=entry_id, account=bank_account.account_id, ledger_date__isnull=False).aggregate(
        net=Sum(F("debit") - F("credit")))["net"] or ZERO
    shown = StatementMatch.objects.filter(entry=entry_id, line__bank_account=bank_account).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return there - shown


def _post(
    line: StatementLine, actor: Any, amount: Decimal, others: list[EntryLine], payment: CustomerPayment | None = None,
) -> JournalEntry:
    accounts = accounts_of(line.company_id)
    others = [other if other.account_id else replace(other, role=None, account_id=accounts.of(other.wanted)) for other in others if other.amount]
    named = {account.pk: account for account in Account.objects.filter(pk__in={other.account_id for other in others}, company_id=line.company_id)}
    for other in others:
        account = named.get(other.account_id)
        if account is None:
            raise Refusal(_("There is no such account; nothing was matched."), field="account")
        if account.control:
            raise Refusal(_("%(account)s is a control account; nothing was matched.") % {"account": account}, code="control_account")
        if account.pk == line.bank_account.account_id:
            raise Refusal(_("%(account)s is the bank account itself; nothing was matched.") % {"account": account}, code="same_account")
    bank, day = line.bank_account, line.ledger_on or line.booked_on
    return post_entry(
        company_id=line.company_id, journal_id=bank.journal_id, ledger_date=day,
        description=line.text or line.counterparty_name or str(_("Bank statement")), actor=actor,
        lines=statement_lines(
            company_id=line.company_id, account_id=bank.account_id, currency_id=bank.currency_id, amount=amount, on=day, others=others,
            payment=payment, waiting_account_id=payment and others[0].account_id,
        ),
    )


@transition(
    StatementLine, "unmatch", source={Status.MATCHED}, target=Status.OPEN, label=gettext_lazy("Undo the match"), icon="unlink", is_dangerous=True,
    order=60,
)
def unmatch_statement_line(line: StatementLine, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The line is open again: its entries are mirrored, what they settled is open, payments wait for the statement. Dated `on` (the line's
    own day when empty); when that lies later, the line is booked on that day next time. Raises Refusal: closed period, reconciled statement."""
    day = line.ledger_on or line.booked_on
    on = on or day
    if on < day:
        raise Refusal(_("A match is not undone before it was made; nothing was done."), field="on", code="too_early")
    if line.statement_id and line.statement.status == BankStatement.Status.RECONCILED:
        raise Refusal(
            _("%(statement)s is reconciled; nothing was done.") % {"statement": line.statement}, code="statement_reconciled",
            hint=_("Reopen the statement first."),
        )
    rows = list(line.parts.select_related("payment").order_by("position"))
    shared = {row.entry_id for row in rows if row.kind in (Kind.PAYMENT, Kind.ACCOUNT)}
    row_ids = [row.pk for row in rows]
    StatementMatch.objects.filter(pk__in=row_ids).delete()
    for row in rows:
        if row.kind == Kind.RECEIPT:
            reverse_payment(row.payment, actor=actor, on=on, reason=str(_("match undone")))
        elif row.kind == Kind.PAYMENT:
            unmark_matched(row.payment, actor=actor, reason=reason)
    for entry_id in sorted(shared):
        post_entry(
            company_id=line.company_id, journal_id=line.bank_account.journal_id, ledger_date=on, actor=actor, reverses_id=entry_id,
            description=str(_("Undone: %(text)s") % {"text": line.text or line.counterparty_name}),
            lines=[
                EntryLine(account_id=booked.account_id, amount=booked.credit - booked.debit, party_id=booked.party_id)
                for booked in JournalLine.objects.filter(entry=entry_id).order_by("pk")
            ],
        )
    line.entry = line.payment = line.score = None
    line.reasons, line.is_unaided = "", False
    line.ledger_on = on if on != line.booked_on else None
