"""What proposals are made from: open items, payments that wait, entries no statement shows, rules, own accounts; read in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum

from erp.banking.matching.words import name_words, numbers_in, plain
from erp.banking.models import BankAccount, BankRule, StatementLine, StatementMatch
from erp.ledger.models import JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.parties.models import Party

WINDOW = timedelta(days=45)


@dataclass
class Item:
    """An open receivable (debit above zero). `open` falls while a run matches lines."""

    pk: int
    party_id: int
    open: Decimal
    due_on: date
    issued_on: date
    number: str
    discount: Decimal = ZERO
    discount_until: date | None = None

    def owed_on(self, day: date) -> Decimal:
        """What closes the item on a day: what is open, less the early-payment discount that it still earns."""
        earns = self.discount and self.discount_until and day <= self.discount_until
        return self.open - self.discount if earns else self.open


@dataclass
class Waiting:
    """A payment that waits for the statement; `amount` with the sign the bank shows."""

    pk: int
    bank_account_id: int
    party_id: int
    amount: Decimal
    paid_on: date
    number: str
    words: str
    is_card: bool


@dataclass
class Booked:
    """What an entry puts on a bank's ledger account and no statement line shows."""

    entry_id: int
    account_id: int
    amount: Decimal
    on: date
    number: str
    description: str


@dataclass
class Facts:
    """Everything, with the ways to find it."""

    company_id: int
    items: dict[int, Item] = field(default_factory=dict)
    items_of: dict[int, list[Item]] = field(default_factory=lambda: defaultdict(list))
    items_by_amount: dict[Decimal, list[Item]] = field(default_factory=lambda: defaultdict(list))
    items_by_number: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[int, Waiting] = field(default_factory=dict)
    waiting_by_amount: dict[tuple[int, Decimal], list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    waiting_by_number: dict[str, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    cards: dict[int, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    booked: dict[tuple[int, Decimal], list[Booked]] = field(default_factory=lambda: defaultdict(list))
    parties: dict[int, str] = field(default_factory=dict)
    parties_by_name: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    parties_by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[tuple[str, str], list[BankRule]] = field(default_factory=lambda: defaultdict(list))
    text_rules: list[BankRule] = field(default_factory=list)
    banks: dict[int, BankAccount] = field(default_factory=dict)
    counterparts: dict[Decimal, list[tuple[int, date, str, bool]]] = field(default_factory=lambda: defaultdict(list))
    fees: int | None = None
    clearing: int | None = None
    accounts: dict[int, str] = field(default_factory=dict)


def facts_for(company_id: int, lines: Sequence[StatementLine], *, narrow: bool = False) -> Facts:
    """Facts for proposals about these lines. `narrow`: only open items that a line's numbers, amount or likely party point at, for one line
    on a page; else all."""
    facts = Facts(company_id)
    facts.banks = {bank.pk: bank for bank in BankAccount.objects.filter(company_id=company_id).select_related("account")}
    roles = accounts_of(company_id)
    facts.fees, facts.clearing = roles.of(AccountRole.BANK_FEES), roles.of(AccountRole.TRANSFER_CLEARING)
    _read_parties(facts)
    _read_rules(facts)
    items = OpenItem.objects.filter(company_id=company_id, account=roles.of(AccountRole.AR)).exclude(open_amount=0)
    _read_items(facts, items.filter(_near(facts, lines)) if narrow else items)
    _read_waiting(facts)
    _read_booked(facts, lines)
    _read_counterparts(facts, lines)
    return facts


def _near(facts: Facts, lines: Sequence[StatementLine]) -> Q:
    numbers, parties, amounts = set(), set(), set()
    for line in lines:
        numbers |= numbers_in(f"{line.text} {line.reference}")
        amounts |= {line.amount, -line.amount}
        parties |= {line.party_id} - {None}
        parties |= {rule.party_id for key in _keys(line) for rule in facts.rules.get(key, ()) if rule.party_id}
        for text in (line.counterparty_name, line.text):
            for word in name_words(text):
                parties |= set(facts.parties_by_word.get(word, ())[:50])
    documents = list(CustomerInvoice.objects.filter(
        company_id=facts.company_id, number__in=_spelled(numbers),
    ).values_list("entry_id", flat=True)) if numbers else []
    return Q(party__in=parties) | Q(open_amount__in=amounts) | Q(entry__in=documents)


def _spelled(numbers: Iterable[str]) -> set[str]:
    """Numbers as documents bear them: INV202600042 is INV-2026-00042."""
    spelled = set()
    for number in numbers:
        head = number.rstrip("0123456789")
        digits = number[len(head):]
        spelled |= {number, f"{head}-{digits[:4]}-{digits[4:]}"}
    return spelled


def _keys(line: StatementLine) -> list[tuple[str, str]]:
    return [
        (BankRule.Sign.IBAN, plain(line.counterparty_iban)), (BankRule.Sign.NAME, " ".join(name_words(line.counterparty_name))[:140]),
    ]


def _read_parties(facts: Facts) -> None:
    for pk, name in Party.objects.filter(company_id=facts.company_id, is_customer=True).values_list("pk", "name"):
        facts.parties[pk] = name
        key = name_words(name)
        facts.parties_by_name[key].append(pk)
        for word in set(key):
            facts.parties_by_word[word].append(pk)


def _read_rules(facts: Facts) -> None:
    rules = BankRule.objects.filter(company_id=facts.company_id, is_active=True).select_related("account", "party")
    for rule in rules:
        if rule.sign == BankRule.Sign.TEXT:
            facts.text_rules.append(rule)
        elif rule.sign == BankRule.Sign.IBAN:
            facts.rules[rule.sign, plain(rule.pattern)].append(rule)
        else:
            facts.rules[rule.sign, " ".join(name_words(rule.pattern))[:140]].append(rule)
        if rule.account_id:
            facts.accounts[rule.account_id] = str(rule.account)


def _read_items(facts: Facts, items: QuerySet[OpenItem]) -> None:
    rows = list(items.values_list(
        "pk", "party_id", "open_amount", "due_on", "issued_on", "entry__number", "amount", "entry_id", "entry__invoice__payment_term__discount_percent",
        "entry__invoice__payment_term__discount_days",
    ))
    for pk, party_id, left, due_on, issued_on, number, amount, _entry_id, percent, days in rows:
        item = Item(pk, party_id, left, due_on, issued_on, number or "")
        if percent and left == amount and amount > 0:
            item.discount = round_money(amount * percent / 100, 2)
            item.discount_until = issued_on + timedelta(days=days or 0)
        facts.items[pk] = item
        facts.items_of[party_id].append(item)
        facts.items_by_amount[left].append(item)
        if item.discount:
            facts.items_by_amount[left - item.discount].append(item)
        code = plain(item.number)
        if code:
            facts.items_by_number[code].append(item)
            digits = code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if digits != code and len(digits) >= 6:
                facts.items_by_number[digits].append(item)
    for found in facts.items_of.values():
        found.sort(key=lambda item: (item.due_on, item.pk))


def _read_waiting(facts: Facts) -> None:
    refund = CustomerPayment.Kind.REFUND
    rows = CustomerPayment.objects.filter(company_id=facts.company_id, status=CustomerPayment.Status.POSTED).order_by("paid_on", "pk").values_list(
        "pk", "bank_account_id", "customer_id", "amount", "paid_on", "number", "reference", "provider_id", "kind", "method",
    )
    for pk, bank, party, amount, paid_on, number, reference, provider, kind, method in rows:
        one = Waiting(
            pk, bank, party, -amount if kind == refund else amount, paid_on, number or "", f"{reference} {provider or ''}",
            method == CustomerPayment.Method.CARD,
        )
        facts.waiting[pk] = one
        facts.waiting_by_amount[bank, one.amount].append(one)
        for code in {plain(number or ""), plain(provider or ""), *numbers_in(reference)}:
            if len(code) >= 5:
                facts.waiting_by_number[code].append(one)
        if one.is_card and one.amount > 0:
            facts.cards[bank].append(one)


def _read_booked(facts: Facts, lines: Sequence[StatementLine]) -> None:
    """Entries around the lines that stand on a bank's ledger account without a statement line."""
    days = [line.booked_on for line in lines]
    if not days:
        return
    accounts = {facts.banks[line.bank_account_id].account_id for line in lines}
    rows = (
        JournalLine.objects.filter(account__in=accounts, ledger_date__range=(min(days) - WINDOW, max(days) + WINDOW))
        .order_by().values("entry_id", "account_id", "ledger_date", "entry__number", "entry__description").annotate(net=Sum(F("debit") - F("credit")))
    )
    shown: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    parts = StatementMatch.objects.filter(company_id=facts.company_id, line__booked_on__range=(min(days) - 2 * WINDOW, max(days) + 2 * WINDOW))
    for entry_id, account_id, amount in parts.values_list("entry_id", "line__bank_account__account_id", "amount"):
        shown[entry_id, account_id] += amount
    for row in rows:
        left = row["net"] - shown[row["entry_id"], row["account_id"]]
        if left:
            facts.booked[row["account_id"], left].append(Booked(
                row["entry_id"], row["account_id"], left, row["ledger_date"], row["entry__number"] or "", row["entry__description"],
            ))


def _read_counterparts(facts: Facts, lines: Sequence[StatementLine]) -> None:
    """The other halves of transfers: movements of the own accounts that are open or wait on transfer clearing."""
    if len(facts.banks) < 2 or not lines:
        return
    days = [line.booked_on for line in lines]
    near = StatementLine.objects.filter(company_id=facts.company_id, booked_on__range=(min(days) - timedelta(days=7), max(days) + timedelta(days=7)))
    rows = near.filter(Q(status="open") | Q(parts__account=facts.clearing)).values_list(
        "bank_account_id", "amount", "booked_on", "counterparty_iban", "status",
    )
    for bank, amount, on, iban, status in rows:
        facts.counterparts[amount].append((bank, on, plain(iban), status == StatementLine.Status.MATCHED))
