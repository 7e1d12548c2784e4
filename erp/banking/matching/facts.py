"""What proposals are made from: open items, payments that wait, entries no statement shows, rules, own accounts; read in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Upper

from erp.banking.matching.words import name_words, numbers_in, plain
from erp.banking.models import BankAccount, BankRule, StatementLine, StatementMatch
from erp.banking.rules import CUSTOMER, SUPPLIER
from erp.ledger.models import JournalLine
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.payables.models import SupplierBankAccount, SupplierBill, SupplierPayment
from erp.payables.models.bills import LettersAndDigits
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from suite.kernel.companies.models import Company
from suite.kernel.money.models import ExchangeRate
from suite.kernel.money.rules import ZERO, round_money
from suite.kernel.parties.models import Party

WINDOW = timedelta(days=45)


@dataclass
class Item:
    """An open item of a customer or supplier, in its currency, with the sign of the money that settles it: in above zero. `open` falls while a
    run matches lines. `reference` is the supplier's own number of a bill."""

    pk: int
    party_id: int
    open: Decimal
    due_on: date
    issued_on: date
    number: str
    side: str = CUSTOMER
    currency_id: str = ""
    reference: str = ""
    discount: Decimal = ZERO
    discount_until: date | None = None

    @property
    def label(self) -> str:
        """The number people know it by."""
        return self.reference or self.number

    def owed_on(self, day: date) -> Decimal:
        """What closes the item on a day: what is open, less the early-payment discount that it still earns."""
        earns = self.discount and self.discount_until and day <= self.discount_until
        return self.open - self.discount if earns else self.open


@dataclass
class Waiting:
    """A payment that waits for the statement; `amount` in its currency, with the sign the bank shows."""

    pk: int
    side: str
    currency_id: str
    bank_account_id: int
    party_id: int
    amount: Decimal
    paid_on: date
    number: str
    words: str
    is_card: bool

    @property
    def key(self) -> tuple[str, int]:
        return self.side, self.pk


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
    items_by_amount: dict[tuple[str, Decimal], list[Item]] = field(default_factory=lambda: defaultdict(list))
    items_by_number: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    waiting: dict[tuple[str, int], Waiting] = field(default_factory=dict)
    waiting_by_amount: dict[tuple[int, Decimal], list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    waiting_by_number: dict[str, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    cards: dict[int, list[Waiting]] = field(default_factory=lambda: defaultdict(list))
    booked: dict[tuple[int, Decimal], list[Booked]] = field(default_factory=lambda: defaultdict(list))
    parties: dict[int, str] = field(default_factory=dict)
    sides: dict[int, frozenset[str]] = field(default_factory=dict)
    ibans: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    rates: dict[str, Decimal] = field(default_factory=dict)
    parties_by_name: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    parties_by_word: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    rules: dict[tuple[str, str], list[BankRule]] = field(default_factory=lambda: defaultdict(list))
    text_rules: list[BankRule] = field(default_factory=list)
    banks: dict[int, BankAccount] = field(default_factory=dict)
    counterparts: dict[Decimal, list[tuple[int, date, str, bool]]] = field(default_factory=lambda: defaultdict(list))
    fees: int | None = None
    clearing: int | None = None
    accounts: dict[int, str] = field(default_factory=dict)


    def exchange(self, amount: Decimal, currency_id: str, into: str) -> Decimal | None:
        """About what an amount is in another currency; None where no rate is known."""
        if currency_id == into:
            return amount
        one, other = self.rates.get(currency_id), self.rates.get(into)
        return amount * one / other if one and other else None


def facts_for(company_id: int, lines: Sequence[StatementLine], *, narrow: bool = False) -> Facts:
    """Facts for proposals about these lines. `narrow`: only open items that a line's numbers, amount or likely party point at, for one line
    on a page; else all."""
    facts = Facts(company_id)
    facts.banks = {bank.pk: bank for bank in BankAccount.objects.filter(company_id=company_id).select_related("account")}
    roles = accounts_of(company_id)
    facts.fees, facts.clearing = roles.of(AccountRole.BANK_FEES), roles.of(AccountRole.TRANSFER_CLEARING)
    _read_parties(facts)
    _read_rules(facts)
    items = OpenItem.objects.filter(company_id=company_id).exclude(open_currency=0)
    if narrow:
        items = items.filter(_near(facts, lines))
    _read_items(facts, items.filter(account=roles.of(AccountRole.AR)), CUSTOMER)
    _read_items(facts, items.filter(account=roles.of(AccountRole.AP)), SUPPLIER)
    _read_waiting(facts)
    _read_rates(facts, lines)
    _read_booked(facts, lines)
    _read_counterparts(facts, lines)
    return facts


def _read_rates(facts: Facts, lines: Sequence[StatementLine]) -> None:
    """Rates of the last line's day, where more than one currency is about."""
    books = Company.objects.values_list("currency", flat=True).get(pk=facts.company_id)
    facts.rates[books] = Decimal(1)
    used = {item.currency_id for item in facts.items.values()} | {one.currency_id for one in facts.waiting.values()}
    used |= {bank.currency_id for bank in facts.banks.values()}
    if used <= {books} or not lines:
        return
    known = ExchangeRate.objects.filter(company_id=facts.company_id, currency__in=used, valid_from__lte=max(line.booked_on for line in lines))
    facts.rates |= dict(known.order_by("currency_id", "-valid_from").distinct("currency_id").values_list("currency_id", "rate"))


def _near(facts: Facts, lines: Sequence[StatementLine]) -> Q:
    numbers, parties, amounts = set(), set(), set()
    for line in lines:
        numbers |= numbers_in(f"{line.text} {line.reference}")
        amounts |= {line.amount, -line.amount}
        parties |= {line.party_id} - {None}
        parties |= {rule.party_id for key in _keys(line) for rule in facts.rules.get(key, ()) if rule.party_id}
        parties |= set(facts.ibans.get(plain(line.counterparty_iban), ()))
        for text in (line.counterparty_name, line.text):
            for word in name_words(text):
                parties |= set(facts.parties_by_word.get(word, ())[:50])
    documents: list[int] = []
    if numbers:
        spelled = _spelled(numbers)
        documents += CustomerInvoice.objects.filter(company_id=facts.company_id, number__in=spelled).values_list("entry_id", flat=True)
        bills = SupplierBill.objects.filter(company_id=facts.company_id, status=SupplierBill.Status.POSTED)
        documents += bills.annotate(same=Upper(LettersAndDigits(F("supplier_reference")))).filter(
            Q(number__in=spelled) | Q(same__in=numbers)).values_list("entry_id", flat=True)
    return Q(party__in=parties) | Q(open_currency__in=amounts) | Q(entry__in=documents)


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
    parties = Party.objects.filter(Q(is_customer=True) | Q(is_supplier=True), company_id=facts.company_id)
    for pk, name, is_customer, is_supplier in parties.values_list("pk", "name", "is_customer", "is_supplier"):
        facts.parties[pk] = name
        facts.sides[pk] = frozenset(side for side, holds in ((CUSTOMER, is_customer), (SUPPLIER, is_supplier)) if holds)
        key = name_words(name)
        facts.parties_by_name[key].append(pk)
        for word in set(key):
            facts.parties_by_word[word].append(pk)
    accounts = SupplierBankAccount.objects.filter(company_id=facts.company_id, status=SupplierBankAccount.Status.APPROVED)
    for iban, supplier_id in accounts.values_list("iban", "supplier_id"):
        facts.ibans[plain(iban)].append(supplier_id)


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


def _read_items(facts: Facts, items: QuerySet[OpenItem], side: str) -> None:
    document = "entry__invoice" if side == CUSTOMER else "entry__bill"
    rows = list(items.values_list(
        "pk", "party_id", "open_currency", "due_on", "issued_on", "entry__number", "amount_currency", "currency_id",
        f"{document}__payment_term__discount_percent", f"{document}__payment_term__discount_days",
        "entry__bill__supplier_reference" if side == SUPPLIER else Value(""),
    ))
    is_debt = (lambda amount: amount > 0) if side == CUSTOMER else (lambda amount: amount < 0)
    for pk, party_id, left, due_on, issued_on, number, amount, currency_id, percent, days, reference in rows:
        item = Item(pk, party_id, left, due_on, issued_on, number or "", side, currency_id, reference or "")
        if percent and left == amount and is_debt(amount):
            item.discount = round_money(amount * percent / 100, 2)
            item.discount_until = issued_on + timedelta(days=days or 0)
        facts.items[pk] = item
        facts.items_of[party_id].append(item)
        facts.items_by_amount[currency_id, left].append(item)
        if item.discount:
            facts.items_by_amount[currency_id, left - item.discount].append(item)
        for code in {plain(item.number), plain(item.reference)} - {""}:
            facts.items_by_number[code].append(item)
            digits = code.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            if digits != code and len(digits) >= 6:
                facts.items_by_number[digits].append(item)
    for found in facts.items_of.values():
        found.sort(key=lambda item: (item.due_on, item.pk))


def _read_waiting(facts: Facts) -> None:
    for model, side, party in ((CustomerPayment, CUSTOMER, "customer_id"), (SupplierPayment, SUPPLIER, "supplier_id")):
        rows = model.objects.filter(company_id=facts.company_id, status=model.Status.POSTED).order_by("paid_on", "pk").values_list(
            "pk", "bank_account_id", party, "amount", "currency_id", "paid_on", "number", "reference",
            "provider_id" if side == CUSTOMER else Value(""), "kind", "method",
        )
        for pk, bank, party_id, amount, currency_id, paid_on, number, reference, provider, kind, method in rows:
            goes_out = (side == SUPPLIER) != (kind == model.Kind.REFUND)
            one = Waiting(
                pk, side, currency_id, bank, party_id, -amount if goes_out else amount, paid_on, number or "", f"{reference} {provider or ''}",
                side == CUSTOMER and method == CustomerPayment.Method.CARD,
            )
            facts.waiting[one.key] = one
            if currency_id == facts.banks[bank].currency_id:
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
        .order_by().values("entry_id", "account_id", "ledger_date", "entry__number", "entry__description", "currency_id")
        .annotate(net=Sum(F("debit") - F("credit")), foreign=Sum("amount_currency"))
    )
    currencies = {bank.account_id: bank.currency_id for bank in facts.banks.values()}
    shown: dict[tuple[int, int], Decimal] = defaultdict(lambda: ZERO)
    parts = StatementMatch.objects.filter(company_id=facts.company_id, line__booked_on__range=(min(days) - 2 * WINDOW, max(days) + 2 * WINDOW))
    for entry_id, account_id, amount in parts.values_list("entry_id", "line__bank_account__account_id", "amount"):
        shown[entry_id, account_id] += amount
    for row in rows:
        is_foreign = row["currency_id"] is not None and row["currency_id"] == currencies[row["account_id"]]
        left = (row["foreign"] if is_foreign else row["net"]) - shown[row["entry_id"], row["account_id"]]
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
