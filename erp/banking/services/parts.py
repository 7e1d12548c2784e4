"""What the parts of statement lines are, looked up together and judged, before anything is posted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from erp.banking.models import StatementLine, StatementMatch
from erp.banking.rules import CUSTOMER, SUPPLIER, PartInput
from erp.ledger.models import Account, JournalEntry, JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.rules import Accounts, EntryLine
from erp.ledger.selectors import accounts_of
from erp.payables.models import SupplierPayment
from erp.receivables.models import CustomerPayment
from erp.receivables.services.statements import statement_lines
from suite.kernel.companies.models import Company
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.kernel.users.service_user import recorded_id

Kind = StatementMatch.Kind
ROW_KINDS = {CUSTOMER: Kind.RECEIPT, SUPPLIER: Kind.PAID_OUT}


@dataclass
class Known:
    """All that the parts name, read in a few statements."""

    company_id: int
    books: str
    roles: Accounts
    payments: dict[int, CustomerPayment] = field(default_factory=dict)
    supplier_payments: dict[int, SupplierPayment] = field(default_factory=dict)
    accounts: dict[int, Account] = field(default_factory=dict)
    parties: dict[int, Party] = field(default_factory=dict)


def know(company_id: int, parts: Iterable[PartInput]) -> Known:
    """What these parts name."""
    parts, roles = list(parts), accounts_of(company_id)
    known = Known(company_id, Company.objects.values_list("currency", flat=True).get(pk=company_id), roles)
    if wanted := {part.payment_id for part in parts} - {None}:
        known.payments = CustomerPayment.objects.filter(company_id=company_id).in_bulk(wanted)
    if wanted := {part.supplier_payment_id for part in parts} - {None}:
        known.supplier_payments = SupplierPayment.objects.filter(company_id=company_id).in_bulk(wanted)
    if wanted := {part.account_id for part in parts} - {None}:
        known.accounts = Account.objects.filter(company_id=company_id).in_bulk(wanted)
    if wanted := {part.party_id for part in parts if part.account_id is None} - {None}:
        known.parties = Party.objects.filter(company_id=company_id).in_bulk(wanted)
    return known


@dataclass
class Judged:
    """A part with its row (not yet written), and either the lines that stand in the line's own entry or the payment it makes."""

    row: StatementMatch
    lines: list[EntryLine] = field(default_factory=list)
    is_shared: bool = False
    new_payment: CustomerPayment | SupplierPayment | None = None
    allocations: Sequence[tuple[Any, ...]] | None = None


def judge(line: StatementLine, position: int, part: PartInput, known: Known, actor: Any) -> Judged:
    """What a part is. Raises Refusal: nothing says what it is, amounts that do not fit, a control account, an entry shown already."""
    row = StatementMatch(company_id=line.company_id, line=line, position=position, amount=part.amount, party_id=part.party_id)
    if part.payment_id is not None or part.supplier_payment_id is not None:
        return _waiting(line, row, part, known)
    if part.account_id is not None:
        row.kind, row.account_id = Kind.ACCOUNT, _account(line, part.account_id, known).pk
        others = [EntryLine(account_id=part.account_id, amount=-part.amount, party_id=part.party_id)]
        return Judged(row, _lines(line, part.amount, others, known), is_shared=True)
    if part.entry_id is not None:
        row.kind, row.entry = Kind.ENTRY, _entry_in_the_books(line, part)
        return Judged(row)
    return _money_of_party(line, row, part, known, actor)


def day_of_line(line: StatementLine) -> Any:
    """The day a line is booked on."""
    return line.ledger_on or line.booked_on


def _lines(line: StatementLine, amount: Decimal, others: list[EntryLine], known: Known, payment: Any = None) -> list[EntryLine]:
    bank = line.bank_account
    return statement_lines(
        company_id=line.company_id, books=known.books, account_id=bank.account_id, currency_id=bank.currency_id, amount=amount,
        on=day_of_line(line), others=[one for one in others if one.amount], payment=payment, waiting_account_id=payment and others[0].account_id,
    )


def _waiting(line: StatementLine, row: StatementMatch, part: PartInput, known: Known) -> Judged:
    is_supplier = part.supplier_payment_id is not None
    payment: Any = known.supplier_payments.get(part.supplier_payment_id) if is_supplier else known.payments.get(part.payment_id)
    if payment is None:
        raise Refusal(_("There is no such payment; nothing was matched."), field="payment_id")
    goes_out = is_supplier != (payment.kind == "refund")
    expected = -payment.amount if goes_out else payment.amount
    is_changed = line.bank_account.currency_id != payment.currency_id
    # Changed by the bank on its way: what the amounts differ by is exchange, no fee.
    fee = ZERO if is_changed else expected - part.amount
    if line.bank_account_id != payment.bank_account_id or fee < 0 or (part.amount > 0) == goes_out or fee >= payment.amount:
        raise Refusal(
            _("The statement shows %(line)s, the payment %(payment)s; nothing was matched.") % {"line": part.amount, "payment": expected},
            field="payment_id", code="amounts_differ", hint=_("Choose the payment of this amount; only a bank fee may lower it."),
        )
    row.kind, row.fee = Kind.PAYMENT, fee
    row.party_id = payment.supplier_id if is_supplier else payment.customer_id
    if is_supplier:
        row.supplier_payment = payment
    else:
        row.payment = payment
    waits = known.roles.of(AccountRole.OUTSTANDING_PAYMENTS if goes_out else AccountRole.OUTSTANDING_RECEIPTS)
    others = [EntryLine(account_id=waits, amount=-expected)]
    if fee:
        others.append(EntryLine(account_id=known.roles.of(AccountRole.BANK_FEES), amount=fee))
    return Judged(row, _lines(line, part.amount, others, known, payment), is_shared=True)


def _account(line: StatementLine, account_id: int, known: Known) -> Account:
    account = known.accounts.get(account_id)
    if account is None:
        raise Refusal(_("There is no such account; nothing was matched."), field="account")
    if account.control:
        raise Refusal(_("%(account)s is a control account; nothing was matched.") % {"account": account}, code="control_account")
    if account.pk == line.bank_account.account_id:
        raise Refusal(_("%(account)s is the bank account itself; nothing was matched.") % {"account": account}, code="same_account")
    return account


def side_of(part: PartInput, party: Party | None) -> str:
    """Whether money of a party is on its customer's or its supplier's account."""
    if part.side or party is None:
        return part.side or CUSTOMER
    if party.is_customer != party.is_supplier:
        return CUSTOMER if party.is_customer else SUPPLIER
    return CUSTOMER if part.amount > 0 else SUPPLIER


def _money_of_party(line: StatementLine, row: StatementMatch, part: PartInput, known: Known, actor: Any) -> Judged:
    party = known.parties.get(part.party_id)
    if party is None:
        raise Refusal(
            _("Nothing says what %(amount)s is; nothing was matched.") % {"amount": part.amount}, field="parts",
            hint=_("Choose a payment, a customer or supplier, or an account such as bank fees or suspense."),
        )
    side = side_of(part, party)
    comes_first = (part.amount > 0) == (side == CUSTOMER)
    if part.is_advance and not comes_first:
        raise Refusal(
            _("What %(party)s gives back is no advance; nothing was matched.") % {"party": party}, field="parts", code="advance_given_back",
            hint=_("Match it as a refund."),
        )
    kind = "advance" if part.is_advance else "refund" if not comes_first else "receipt" if side == CUSTOMER else "payment"
    values = {
        "company_id": line.company_id, "bank_account": line.bank_account, "amount": abs(part.amount), "paid_on": day_of_line(line),
        "currency_id": line.bank_account.currency_id, "kind": kind, "reference": line.text[:140], "created_by_id": recorded_id(actor),
        "source_key": line.key if (line.version, row.position) == (1, 1) else f"{line.key}/{line.version}/{row.position}",
    }
    payment = CustomerPayment(customer=party, **values) if side == CUSTOMER else SupplierPayment(supplier=party, **values)
    row.kind = ROW_KINDS[side]
    return Judged(row, new_payment=payment, allocations=() if part.is_advance else part.allocations)


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
    """What an entry puts on the bank's ledger account, in the bank account's currency, that no statement line shows yet."""
    rows = JournalLine.objects.filter(entry=entry_id, account=bank_account.account_id, ledger_date__isnull=False)
    if bank_account.currency_id != Company.objects.values_list("currency", flat=True).get(pk=bank_account.company_id):
        there = rows.filter(currency=bank_account.currency_id).aggregate(net=Sum("amount_currency"))["net"] or ZERO
    else:
        there = rows.aggregate(net=Sum(F("debit") - F("credit")))["net"] or ZERO
    shown = StatementMatch.objects.filter(entry=entry_id, line__bank_account=bank_account).aggregate(sum=Sum("amount"))["sum"] or ZERO
    return there - shown
