"""A seeded year at the bank: customers with habits, invoices, transfers, card payouts, fees, rent, transfers between own accounts; and the truth
of every line."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from erp.banking.models import BankAccount, BankRule, StatementLine
from erp.banking.services import enter_statement_line
from erp.ledger.models import Account
from erp.receivables.models import OpenItem
from erp.receivables.services import draft_payment, post_payment
from tests.factories.base import make_customer
from tests.factories.trade import Trade

NAMES = (
    "Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ivy", "Juniper", "Kapok", "Larch", "Maple", "Nutmeg", "Oak", "Poplar",
    "Quince", "Rowan", "Spruce", "Teak", "Umbrella", "Viburnum", "Willow", "Yew", "Zelkova",
)
TRADES = ("Logistics", "Foods", "Machines", "Textiles", "Paper")
FORMS = ("GmbH", "Ltd", "AG", "")


@dataclass
class BankYear:
    """The lines of a year, and what each is: ("items", item keys), ("payments", payment keys), ("account", account key)."""

    trade: Trade
    truth: dict[int, tuple[str, frozenset[int]]] = field(default_factory=dict)

    def right(self, line: StatementLine) -> bool:
        """Whether a matched line became what it is."""
        kind, wanted = self.truth[line.pk]
        parts = list(line.parts.all())
        if kind == "items":
            found = OpenItem.objects.filter(debit_allocations__credit_item__document_key__in=[part.payment.key for part in parts if part.payment_id])
            return frozenset(found.values_list("pk", flat=True)) == wanted
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
    for on, kind, facts in sorted(events, key=lambda event: (event[0], event[1])):
        if kind == "pay":
            _payment(year, chance, on, *facts, ibans)
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
