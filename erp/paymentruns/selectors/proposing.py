"""What may be paid or collected, in a number of questions that does not grow with the items."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from erp.banking.models import BankAccount
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import account_totals, accounts_of
from erp.payables.models import SupplierBankAccount
from erp.paymentruns.models import Mandate, PaymentBatch, PaymentBatchLine, PaymentHold
from erp.paymentruns.rules.planning import Candidate, discount_on, discount_until, tick
from erp.paymentruns.selectors.settings import watched_since
from erp.receivables.models import OpenItem
from suite.kernel.money.rules import ZERO

IN, OUT = PaymentBatch.Direction.IN, PaymentBatch.Direction.OUT


@dataclass
class Proposal:
    """The candidates, the ticked first, and what the bank account has: in the ledger, and on its way out or in already."""

    candidates: list[Candidate]
    balance: Decimal = ZERO
    under_way: Decimal = ZERO
    totals: dict[str, Decimal] = field(default_factory=dict)

    @property
    def ticked(self) -> list[Candidate]:
        return [row for row in self.candidates if row.is_ticked]

    @property
    def total(self) -> Decimal:
        return sum((row.amount for row in self.ticked), ZERO)

    @property
    def available(self) -> Decimal:
        return self.balance + self.under_way


def propose(
    *, bank_account: BankAccount, direction: str = OUT, due_until: date, execute_on: date, currency_id: str, minimum: Decimal = ZERO, scheme: str = "CORE",
) -> Proposal:
    """What falls due up to a day, or loses its discount by then, paid from the account on `execute_on`. Credits of the same party are set off."""
    company_id = bank_account.company_id
    rows = candidates(company_id=company_id, direction=direction, execute_on=execute_on, currency_id=currency_id, scheme=scheme)
    rows = [row for row in rows if row.is_credit or row.due_on <= due_until or (row.discount and row.discount_until <= due_until)]
    owing = {row.party_id for row in rows if not row.is_credit}
    rows = [row for row in rows if row.party_id in owing]
    tick(rows, minimum=minimum)
    rows.sort(key=lambda row: (bool(row.hindrance), row.party, row.party_id, row.is_credit, row.due_on, row.item_id))
    return Proposal(rows, *money_of(bank_account))


def money_of(bank_account: BankAccount) -> tuple[Decimal, Decimal]:
    """(balance of the account in the ledger, money of the company registered and not on a statement yet), company currency."""
    totals = account_totals(bank_account.company_id, timezone.localdate())
    accounts = accounts_of(bank_account.company_id)

    def net(account_id: int) -> Decimal:
        opening, debit, credit = totals.get(account_id, (ZERO, ZERO, ZERO))
        return opening + debit - credit

    return net(bank_account.account_id), net(accounts.of(AccountRole.OUTSTANDING_RECEIPTS)) + net(accounts.of(AccountRole.OUTSTANDING_PAYMENTS))


def open_to_run(company_id: int, direction: str) -> QuerySet[OpenItem]:
    """Items that a batch may hold: what suppliers are owed and their credits, or what customers owe and theirs."""
    account_id = accounts_of(company_id).of(AccountRole.AP if direction == OUT else AccountRole.AR)
    return OpenItem.objects.filter(company_id=company_id, account_id=account_id).exclude(open_currency=0)


def candidates(
    *, company_id: int, direction: str, execute_on: date, currency_id: str | None, scheme: str = "", items: Collection[int] | None = None,
) -> list[Candidate]:
    """Every open item (or of `items` those) with its discount, where it is paid to or collected from, and what stands in the way."""
    side = -1 if direction == OUT else 1
    document = "entry__bill" if direction == OUT else "entry__invoice"
    found = open_to_run(company_id, direction)
    if items is not None:
        found = found.filter(pk__in=items)
    if currency_id is not None:
        found = found.filter(currency_id=currency_id)
    values = found.order_by("due_on", "pk").values_list(
        "pk", "party_id", "party__name", "entry__number", "kind", "issued_on", "due_on", "amount_currency", "open_currency", "currency__digits",
        f"{document}__issued_on", f"{document}__payment_term__discount_percent", f"{document}__payment_term__discount_days",
        f"{document}__{'supplier_reference' if direction == OUT else 'number'}",
    )
    main = OpenItem.Kind.BILL if direction == OUT else OpenItem.Kind.INVOICE
    rows = []
    for pk, party_id, party, number, kind, _issued, due_on, amount, left, digits, issued_on, percent, days, reference in values.iterator(chunk_size=5000):
        amount, left = side * amount, side * left
        until = discount_until(issued_on, percent, days) if kind == main else None
        rows.append(Candidate(
            item_id=pk, party_id=party_id, party=party, number=number or "", reference=reference or number or "", is_credit=left < 0, due_on=due_on,
            discount_until=until, open=left, discount=discount_on(amount, left, percent, until, execute_on, digits),
        ))
    _name_accounts(company_id, rows, direction, execute_on, scheme)
    _name_hindrances(company_id, rows, direction, execute_on)
    return rows


def _name_accounts(company_id: int, rows: list[Candidate], direction: str, on: date, scheme: str) -> None:
    """Where each party is paid: its bank account approved last; or its active mandate."""
    known: dict[int, tuple] = {}
    if direction == OUT:
        since = watched_since(company_id)
        for account in SupplierBankAccount.objects.filter(company_id=company_id, status="approved").order_by("approved_at", "pk").values_list(
            "supplier_id", "pk", "iban", "bic", "holder", "approved_at"):
            known[account[0]] = (*account[1:5], account[5] > since, True)
    else:
        for mandate in Mandate.objects.filter(company_id=company_id, status="active", scheme=scheme):
            known[mandate.customer_id] = (mandate.pk, mandate.iban, mandate.bic, mandate.holder, False, on <= mandate.usable_until)
    for row in rows:
        if row.party_id in known:
            row.account_id, row.iban, row.bic, row.holder, row.is_watched, is_usable = known[row.party_id]
            row.hindrance = "" if is_usable else "expired"
        else:
            row.hindrance = "no_account" if direction == OUT else "no_mandate"


def _name_hindrances(company_id: int, rows: list[Candidate], direction: str, on: date) -> None:
    taken = set(PaymentBatchLine.objects.filter(company_id=company_id, is_open=True).values_list("item_id", flat=True))
    held, held_items = set(), set()
    if direction == OUT:
        holds = PaymentHold.objects.filter(Q(until=None) | Q(until__gte=on), company_id=company_id)
        held = set(holds.filter(bill=None).values_list("supplier_id", flat=True))
        entries = list(holds.exclude(bill=None).values_list("bill__entry_id", flat=True))
        held_items = set(OpenItem.objects.filter(entry__in=entries).values_list("pk", flat=True)) if entries else set()
    for row in rows:
        if row.item_id in taken:
            row.hindrance = "in_batch"
        elif row.party_id in held or row.item_id in held_items:
            row.hindrance = "held"
