"""A seeded year at the bank: customers and suppliers with habits, invoices and bills, some in dollars, payments that wait, card payouts, fees,
rent, transfers between own accounts; and the truth of every line."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q

from erp.banking.models import BankAccount, BankRule, StatementLine
from erp.banking.services import enter_statement_line
from erp.ledger.models import Account
from erp.payables.services import BillLineInput, draft_bill, draft_supplier_payment, post_bill, post_supplier_payment
from erp.receivables.models import Allocation, OpenItem
from erp.receivables.services import draft_payment, post_payment
from suite.kernel.money.selectors import rate_on
from suite.kernel.parties.models import Party
from tests.factories.base import make_customer
from tests.factories.currencies import rates
from tests.factories.trade import Trade

NAMES = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Kapok", "Larch", "Maple", "Nutmeg", "Oak", "Poplar",
    "Quince", "Rowan", "Spruce", "Teak", "Umbrella", "Viburnum", "Willow", "Yew", "Zelkova",
)
TRADES = ("Logistics", "Foods", "Machines", "Textiles", "Paper")
FORMS = ("GmbH", "Ltd", "AG", "")


@dataclass
class BankYear:
    """The lines of a year, and what each is: ("items", item keys), ("payments", payment keys), ("account", account key); of suppliers
    ("bills", item keys), ("transfers", payment keys)."""

    trade: Trade
    truth: dict[int, tuple[str, frozenset[int]]] = field(default_factory=dict)

    def right(self, line: StatementLine) -> bool:
        """Whether a matched line became what it is."""
        kind, wanted = self.truth[line.pk]
        parts = list(line.parts.all())
        if kind == "items":
            found = OpenItem.objects.filter(debit_allocations__credit_item__document_key__in=[part.payment.key for part in parts if part.payment_id])
            return frozenset(found.values_list("pk", flat=True)) == wanted
        if kind == "bills":
            keys = [part.supplier_payment.key for part in parts if part.supplier_payment_id]
            settled = Allocation.objects.filter(Q(debit_item__document_key__in=keys) | Q(exchange_entry__open_items__document_key__in=keys))
            found = OpenItem.objects.filter(kind=OpenItem.Kind.BILL, credit_allocations__in=settled)
            return frozenset(found.values_list("pk", flat=True)) == wanted
        if kind == "transfers":
            return frozenset(part.supplier_payment_id for part in parts) == wanted
        if kind == "payments":
            return frozenset(part.payment_id for part in parts) == wanted
        return frozenset(part.account_id for part in parts) == wanted


def make_bank_year(seed: int = 7, *, customers: int = 25, invoices: int = 240) -> BankYear:
    """Builds it: about 330 lines over 2026, in the order of the bank."""
    chance = random.Random(seed)
    trade = Trade(stock=())
    year = BankYear(trade)
    account = Account.objects.create(company=trade.company, code="1011", name="Savings", type="asset")
    savings = BankAccount.objects.create(
        company=trade.company, code="SAVE", name="Savings", iban="DE02120300000000202051", account=account, journal=trade.bank.journal, currency_id="EUR",
    )
    people = [make_customer(trade.company, f"{NAMES[n % 25]} {TRADES[n % 5]} {FORMS[n % 4]}".strip()) for n in range(customers)]
    ibans = {person.pk: f"DE{10 + n % 80}50010517{n:010d}" for n, person in enumerate(people)}
    rent, fees, clearing = (Account.objects.get(company=trade.company, assignments__role=role) for role in ("EXPENSE", "BANK_FEES", "TRANSFER_CLEARING"))
    events = []
    open_of: dict[int, list] = {}
    for _number in range(invoices):
        on = date(2026, 1, 2) + timedelta(days=chance.randrange(300))
        person = chance.choice(people)
        cents = Decimal(chance.randrange(4_000, 900_000)) / 100
        invoice = trade.invoice(trade.line("1", str(cents), kind="service", tax=trade.no_tax), on=on, customer_id=person.pk)
        open_of.setdefault(person.pk, []).append((on, invoice))
    for person in people:
        queue = sorted(open_of.get(person.pk, []), key=lambda pair: (pair[0], pair[1].pk))
        while queue:
            together = queue[:chance.choice((1, 1, 1, 1, 2))]
            queue = queue[len(together):]
            on = together[-1][0] + timedelta(days=chance.randrange(10, 55))
            events.append((on, "pay", (person, [invoice for _day, invoice in together])))
    for month in range(1, 13):
        events += [(date(2026, month, 1), "rent", None), (date(2026, month, 28), "fee", None), (date(2026, month, 15), "transfer", None)]
    events += [(date(2026, 1, 5) + timedelta(days=14 * n), "cards", None) for n in range(24)]
    BankRule.objects.create(company=trade.company, sign="text", pattern="cardhouse payout", direction="in", is_card_payout=True)
    BankRule.objects.create(company=trade.company, sign="text", pattern="office rent", direction="out", account=rent)
    events += suppliers_year(trade, chance)
    for on, kind, facts in sorted(events, key=lambda event: (event[0], event[1])):
        if kind == "pay":
            _payment(year, chance, on, *facts, ibans)
        elif kind == "bill":
            _paid_bill(year, chance, on, *facts)
        elif kind == "cards":
            _cards(year, chance, on, people)
        elif kind == "transfer":
            _line(year, on, "-500", "Reserve", ("account", frozenset({clearing.pk})), counterparty_iban=savings.iban)
            _line(year, on + timedelta(days=1), "500", "Reserve", ("account", frozenset({clearing.pk})), bank=savings)
        else:
            text, amount, target = ("Office rent", "-1850", rent) if kind == "rent" else ("Account fee", "-12.90", fees)
            _line(year, on, amount, f"{text} {on:%m/%Y}", ("account", frozenset({target.pk})))
    return year


def _payment(year: BankYear, chance: random.Random, on: date, person, invoices, ibans) -> None:
    """One transfer for one or two invoices; how well it says what it is differs from time to time."""
    items = [year.trade.items(invoice)[0] for invoice in invoices]
    total = sum((item.amount for item in items), Decimal(0))
    numbers = [invoice.number for invoice in invoices]
    style = chance.random()
    name, iban = person.name, ibans[person.pk]
    if style < 0.55:
        text = f"Invoice {' '.join(numbers)}"
    elif style < 0.70:
        text = f"RE {' / '.join(number.replace('-', ' ') for number in numbers)} thank you"
    elif style < 0.80:
        text, name = f"payment {' '.join(number[4:] for number in numbers)}", name.upper()
    elif style < 0.92:
        text = "as agreed"
    elif style < 0.97:
        text, name = "", name.split()[0] + " " + name.split()[1]
    else:
        text, name, iban = "transfer", "", ""
    _line(year, on, str(total), text, ("items", frozenset(item.pk for item in items)), counterparty_name=name, counterparty_iban=iban)


MILLS = ("Northern Steel", "Paperworks", "Harbour Energy", "Kraft Verpackung", "Meyer Druck", "Cloudline Hosting", "Baltic Freight", "Office Depotex")


def suppliers_year(trade: Trade, chance: random.Random) -> list[tuple]:
    """Bills of suppliers over the year, each paid some weeks later; every sixth in dollars."""
    rates(trade.company, "USD", {date(2026, month, 1): str(Decimal("0.90") + Decimal(month) / 200) for month in range(1, 13)})
    suppliers = [
        Party.objects.create(company=trade.company, name=name, number=f"L-{place}", is_supplier=True) for place, name in enumerate(MILLS)
    ]
    events = []
    for number in range(80):
        supplier, on = chance.choice(suppliers), date(2026, 1, 3) + timedelta(days=chance.randrange(300))
        reference = f"{chance.choice('RABK')}{2026_0000 + number * 7 + chance.randrange(7)}"
        bill = post_bill(draft_bill(
            company_id=trade.company.pk, supplier_id=supplier.pk, supplier_reference=reference, issued_on=on, actor=trade.actor,
            currency_id="USD" if number % 6 == 0 else "EUR",
            lines=[BillLineInput(description="Goods", quantity=Decimal(1), unit_price=Decimal(chance.randrange(5_000, 700_000)) / 100, tax_id=trade.no_tax.pk)],
        ), actor=trade.actor)
        events.append((on + timedelta(days=chance.randrange(8, 40)), "bill", (supplier, bill)))
    return events


def _paid_bill(year: BankYear, chance: random.Random, on: date, supplier: Party, bill) -> None:
    """A bill paid straight, as the bank shows it, or by a payment that was recorded before."""
    trade, style = year.trade, chance.random()
    item = OpenItem.objects.get(document_key=bill.key)
    if bill.currency_id == "USD":
        rate = rate_on(company_id=trade.company.pk, currency_id="USD", on=on)
        paid = (bill.gross * rate * Decimal(chance.randrange(992, 1010)) / 1000).quantize(Decimal("0.01"))
        _line(year, on, f"-{paid}", f"USD {bill.gross} {bill.supplier_reference}", ("bills", frozenset({item.pk})), counterparty_name=supplier.name)
    elif style < 0.35:
        payment = post_supplier_payment(draft_supplier_payment(
            company_id=trade.company.pk, supplier_id=supplier.pk, bank_account_id=trade.bank.pk, amount=bill.gross, paid_on=on - timedelta(days=1),
            currency_id="EUR", method="direct_debit", actor=trade.actor,
        ), actor=trade.actor, allocations=[(item.pk, bill.gross)])
        _line(year, on, f"-{bill.gross}", f"Direct debit {payment.number}" if style < 0.2 else "Direct debit", ("transfers", frozenset({payment.pk})),
              counterparty_name=supplier.name)
    else:
        text = f"Bill {bill.supplier_reference}" if style < 0.85 else "as agreed"
        _line(year, on, f"-{bill.gross}", text, ("bills", frozenset({item.pk})), counterparty_name=supplier.name)


def _cards(year: BankYear, chance: random.Random, on: date, people) -> None:
    trade = year.trade
    payments = [
        post_payment(draft_payment(
            company_id=trade.company.pk, customer_id=chance.choice(people).pk, bank_account_id=trade.bank.pk,
            amount=Decimal(chance.randrange(900, 30_000)) / 100, paid_on=on - timedelta(days=2), currency_id="EUR", method="card", actor=trade.actor,
        ), actor=trade.actor, allocations=()) for _number in range(chance.randrange(2, 6))
    ]
    total = sum((payment.amount for payment in payments), Decimal(0))
    fee = (total * Decimal("0.029")).quantize(Decimal("0.01"))
    _line(year, on, str(total - fee), "CARDHOUSE payout", ("payments", frozenset(payment.pk for payment in payments)))


def _line(year: BankYear, on: date, amount: str, text: str, truth, *, bank=None, **values) -> None:
    trade = year.trade
    line = enter_statement_line(bank_account=bank or trade.bank, booked_on=on, amount=Decimal(amount), actor=trade.actor, text=text)
    StatementLine.objects.filter(pk=line.pk).update(**values)
    year.truth[line.pk] = truth
