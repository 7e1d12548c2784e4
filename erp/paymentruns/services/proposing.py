"""Saving what is to be paid or collected as batches that wait for a second person."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils.translation import gettext as _

from erp.banking.models import BankAccount
from erp.payables.models import SupplierBankAccount
from erp.paymentruns.models import Mandate, PaymentBatch, PaymentBatchLine
from erp.paymentruns.rules.bank_files import is_sepa_iban, is_structured, is_valid_iban
from erp.paymentruns.rules.planning import Candidate, lose_discounts
from erp.paymentruns.selectors.proposing import OUT, candidates
from erp.paymentruns.selectors.settings import watched_since
from erp.receivables.models import OpenItem
from suite.access.permissions import may
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.money.rules import ZERO, proportion, round_money
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id

Method = PaymentBatch.Method


@dataclass(frozen=True)
class BatchLineInput:
    """An open item to be paid or collected: `amount` in its currency, below zero for a credit that is set off.

    What is left of an untouched bill, up to its early-payment discount, is taken as discount. Without an account: the supplier's latest.
    """

    item_id: int
    amount: Decimal
    account_id: int | None = None


@dataclass
class _Wanted:
    place: int
    row: Candidate
    amount: Decimal
    discount: Decimal = ZERO

    def refuse(self, message: str, *, field: str = "amount", code: str, hint: str = "") -> Refusal:
        return Refusal(message, field=f"lines/{self.place}/{field}", code=code, hint=hint)


def propose_batches(
    *, company_id: int, bank_account_id: int, execute_on: date, lines: Sequence[BatchLineInput], actor: Any, direction: str = OUT, scheme: str = "CORE",
    cheques: bool = False, note: str = "",
) -> list[PaymentBatch]:
    """The batches that pay (or collect) these items on a day: a SEPA file, and one for what SEPA does not reach (a list, or cheques).

    Raises Refusal, naming the line: no lines, above the open amount, two currencies, in another open batch, held, no approved account, a mandate
    that is cancelled or expired, credits above what is owed.
    """
    if not may(actor, PaymentBatch, "add"):
        raise PermissionDenied(_("You may not propose payments."))

    def propose() -> list[PaymentBatch]:
        bank = BankAccount.objects.filter(pk=bank_account_id, company_id=company_id, is_cash=False).select_related("company").first()
        if bank is None:
            raise Refusal(_("Choose one of the company's bank accounts; nothing was saved."), field="bank_account", code="no_bank_account")
        wanted = _judged(company_id, execute_on, lines, direction, scheme)
        currency_id = _one_currency(company_id, wanted, bank, direction)
        groups: dict[str, list[list[_Wanted]]] = defaultdict(list)
        for party in _by_party(wanted):
            is_sepa = currency_id == "EUR" and is_sepa_iban(party[0].row.iban)
            if not party[0].row.iban and not cheques:
                raise party[0].refuse(
                    _("%(party)s has no approved bank account; nothing was saved.") % {"party": party[0].row.party}, field="item_id", code="no_account",
                    hint=_("Enter one and have it approved, or choose to pay by cheque."),
                )
            method = Method.SEPA if is_sepa else Method.LIST if party[0].row.iban else Method.CHEQUE
            groups[method] += _transfers(party)
        return [
            _write(bank, execute_on, currency_id, direction, scheme if direction != OUT else "", method, groups[method], actor, note)
            for method in Method.values if groups.get(method)
        ]

    try:
        return in_unit_of_work(propose, actor=actor)
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") == "bill_in_one_open_batch":
            raise _taken() from error
        raise


def _taken(place: int | None = None) -> Refusal:
    refusal = Refusal(
        _("Another open batch holds this item; nothing was saved."), field="lines" if place is None else f"lines/{place}/item_id", code="in_open_batch",
        hint=_("Load the proposal again, or cancel the other batch."),
    )
    refusal.status = 409
    return refusal


def _judged(company_id: int, execute_on: date, lines: Sequence[BatchLineInput], direction: str, scheme: str) -> list[_Wanted]:
    if not lines:
        raise Refusal(_("Nothing is ticked; nothing was saved."), field="lines", code="empty_batch", hint=_("Tick at least one item."))
    known = {row.item_id: row for row in candidates(
        company_id=company_id, direction=direction, execute_on=execute_on, currency_id=None, scheme=scheme, items=[line.item_id for line in lines])}
    named = {line.account_id for line in lines if line.account_id}
    accounts = {account.pk: account for account in SupplierBankAccount.objects.filter(pk__in=named, company_id=company_id)} if named else {}
    since = watched_since(company_id)
    wanted, seen = [], set()
    for place, line in enumerate(lines):
        row = known.get(line.item_id)
        if row is None or line.item_id in seen:
            raise Refusal(
                _("This item is not open any more, or none that can be paid here; nothing was saved."), field=f"lines/{place}/item_id", code="not_open",
                hint=_("Load the proposal again."),
            )
        seen.add(line.item_id)
        one = _Wanted(place, row, Decimal(line.amount))
        _refuse_hindered(one)
        if line.account_id and direction == OUT:
            _choose_account(one, accounts.get(line.account_id), since)
        if one.row.iban and not is_valid_iban(one.row.iban):
            raise one.refuse(
                _("%(iban)s of %(party)s is no IBAN; nothing was saved.") % {"iban": row.iban, "party": row.party}, field="account_id", code="not_an_iban",
                hint=_("Enter the account anew and have it approved."),
            )
        _judge_amount(one)
        wanted.append(one)
    return wanted


def _refuse_hindered(one: _Wanted) -> None:
    hindrance, party = one.row.hindrance, {"party": one.row.party}
    if hindrance == "in_batch":
        raise _taken(one.place)
    if hindrance == "held":
        raise one.refuse(_("Payments to %(party)s are on hold; nothing was saved.") % party, field="item_id", code="held",
                         hint=_("Remove the hold under Payment holds first."))
    if hindrance == "no_mandate":
        raise one.refuse(_("%(party)s has no active mandate of this scheme; nothing was saved.") % party, field="item_id", code="no_mandate",
                         hint=_("Have a mandate signed and activate it."))
    if hindrance == "expired":
        raise one.refuse(_("The mandate of %(party)s was not used for 36 months and has expired; nothing was saved.") % party, field="item_id",
                         code="mandate_expired", hint=_("Have a new mandate signed."))


def _choose_account(one: _Wanted, account: SupplierBankAccount | None, since: datetime) -> None:
    if account is None or account.supplier_id != one.row.party_id or account.status != SupplierBankAccount.Status.APPROVED:
        raise one.refuse(
            _("The account is not an approved one of %(party)s; nothing was saved.") % {"party": one.row.party}, field="account_id", code="payee_is_approved",
            hint=_("Choose one of the supplier's approved accounts."),
        )
    one.row.account_id, one.row.iban, one.row.bic, one.row.holder = account.pk, account.iban, account.bic, account.holder
    one.row.is_watched = account.approved_at > since


def _judge_amount(one: _Wanted) -> None:
    open_, amount = one.row.open, one.amount
    if amount * open_ <= 0:
        raise one.refuse(_("A bill is paid with an amount above zero, a credit set off with one below; nothing was saved."), code="wrong_side")
    if abs(amount) > abs(open_):
        raise one.refuse(
            _("%(open)s are open on %(number)s, %(amount)s were to be paid; nothing was saved.")
            % {"open": abs(open_), "number": one.row.number, "amount": abs(amount)}, code="above_open", hint=_("Pay at most what is open."),
        )
    short = open_ - amount
    one.discount = short if 0 < short <= one.row.discount else ZERO


def _one_currency(company_id: int, wanted: Sequence[_Wanted], bank: BankAccount, direction: str) -> str:
    """The currency of all items. Raises Refusal for a mix, for parts of its smallest coin, and for an account that cannot pay in it."""
    rows = OpenItem.objects.filter(pk__in=[one.row.item_id for one in wanted]).values_list("pk", "currency_id", "currency__digits")
    currencies = {pk: currency_id for pk, currency_id, _digits in rows}
    first, digits = currencies[wanted[0].row.item_id], next(iter(rows))[2]
    for one in wanted:
        if round_money(one.amount, digits) != one.amount:
            raise one.refuse(
                _("%(amount)s has more digits behind the point than %(currency)s has; nothing was saved.") % {"amount": one.amount, "currency": first},
                code="too_many_digits",
            )
        if currencies[one.row.item_id] != first:
            raise one.refuse(
                _("%(number)s is in %(currency)s, the batch in %(first)s; nothing was saved.")
                % {"number": one.row.number, "currency": currencies[one.row.item_id], "first": first}, field="item_id", code="mixed_currencies",
                hint=_("Pay each currency in a batch of its own."),
            )
    if direction != OUT and first != "EUR":
        raise wanted[0].refuse(
            _("Direct debits are collected in EUR, %(number)s is in %(currency)s; nothing was saved.")
            % {"number": wanted[0].row.number, "currency": first}, field="item_id", code="not_in_euro", hint=_("Ask the customer for a transfer."),
        )
    if bank.currency_id not in (first, bank.company.currency_id):
        raise Refusal(
            _("%(account)s is kept in %(kept)s, the items are in %(currency)s; nothing was saved.")
            % {"account": bank, "kept": bank.currency_id, "currency": first}, field="bank_account", code="account_currency",
        )
    return first


def _by_party(wanted: Sequence[_Wanted]) -> list[list[_Wanted]]:
    """The lines of each party and account. Raises Refusal where credits leave nothing to pay, or eat into a bill paid with discount."""
    parties: dict[tuple[int, int | None], list[_Wanted]] = defaultdict(list)
    for one in wanted:
        parties[one.row.party_id, one.row.account_id].append(one)
    for rows in parties.values():
        bills = [one for one in rows if one.amount > 0]
        credit = -sum((one.amount for one in rows if one.amount < 0), ZERO)
        if sum((one.amount for one in bills), ZERO) <= credit:
            raise rows[-1].refuse(
                _("The credits of %(party)s leave nothing to pay; nothing was saved.") % {"party": rows[-1].row.party}, code="credit_above_bills",
                hint=_("Set off less of the credit, or tick more bills."),
            )
        if credit:
            _refuse_discounts_set_off(bills, credit)
    return list(parties.values())


def _refuse_discounts_set_off(bills: Sequence[_Wanted], credit: Decimal) -> None:
    for one in bills:
        one.row.open, one.row.discount = one.amount, one.discount
    lose_discounts([one.row for one in bills], credit)
    for one in bills:
        if one.discount and not one.row.discount:
            raise one.refuse(
                _("A credit is set against %(number)s, which loses its discount by that; nothing was saved.") % {"number": one.row.number},
                code="discount_and_credit", hint=_("Pay the open amount, or leave the credit for another run."),
            )


def _transfers(party: Sequence[_Wanted]) -> list[list[_Wanted]]:
    """One payment for all bills of a party; a bill with a creditor reference is paid alone, so that the reference arrives."""
    if any(one.amount < 0 for one in party):
        return [list(party)]
    alone = [[one] for one in party if is_structured(one.row.reference)]
    together = [one for one in party if not is_structured(one.row.reference)]
    return [*([together] if together else []), *alone]


def _write(
    bank: BankAccount, execute_on: date, currency_id: str, direction: str, scheme: str, method: str, transfers: Sequence[Sequence[_Wanted]], actor: Any,
    note: str,
) -> PaymentBatch:
    wanted = [one for transfer in transfers for one in transfer]
    items = {item.pk: item for item in OpenItem.objects.filter(pk__in=[one.row.item_id for one in wanted])}
    books = sum((_in_books(items[one.row.item_id], one.amount) for one in wanted), ZERO)
    batch = insert_row(PaymentBatch(
        company_id=bank.company_id, number=next_number(company_id=bank.company_id, series="RUN"), bank_account=bank, execute_on=execute_on,
        currency_id=currency_id, direction=direction, scheme=scheme, method=method, total=sum((one.amount for one in wanted), ZERO),
        total_in_books=max(books, ZERO), note=note[:200], created_by_id=recorded_id(actor),
    ))
    lines, position = [], 0
    for number, transfer in enumerate(transfers, 1):
        for one in transfer:
            position += 1
            row, is_debit = one.row, direction != OUT
            lines.append(PaymentBatchLine(
                company_id=bank.company_id, batch=batch, position=position, transfer=number, item_id=row.item_id, party_id=row.party_id,
                payee_account_id=None if is_debit else row.account_id, mandate_id=row.account_id if is_debit else None, holder=row.holder or row.party,
                iban=row.iban, bic=row.bic, amount=one.amount, discount=one.discount, reference=row.reference[:140], is_watched=row.is_watched,
            ))
    if direction != OUT:
        sequences = dict(Mandate.objects.filter(pk__in={line.mandate_id for line in lines}).values_list("pk", "sequence"))
        for line in lines:
            line.sequence = sequences[line.mandate_id]
    PaymentBatchLine.objects.bulk_create(lines)
    return batch


def _in_books(item: OpenItem, amount: Decimal) -> Decimal:
    """A part of an item in company currency."""
    if item.currency_id is None or item.open_amount == item.open_currency:
        return amount
    return proportion(abs(item.open_amount), amount, abs(item.open_currency), 2)
