"""N4: what a preview shows is what is then committed, over random actions on one company's books and stock (300 with `make property`)."""

import os
import random
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm.orders.models import Order
from erp.assets.models import Asset, AssetClass, AssetMovement
from erp.assets.services.acquiring import draft_asset
from erp.banking.models import BankAccount
from erp.banking.services import enter_statement_line
from erp.inventory.models import StockAdjustment, StockMove
from erp.inventory.services import AdjustmentLineInput, draft_adjustment
from erp.ledger.models import Account, Journal, JournalEntry, JournalLine
from erp.payables.models import SupplierBill, SupplierPayment
from erp.payables.services import BillLineInput, draft_bill, draft_supplier_payment
from erp.payables.services.bank_accounts import approve_bank_account, enter_supplier_bank_account
from erp.receivables.models import Allocation, CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.services import draft_payment
from erp.schedules.models import Accrual, Deferral
from integration.outbox.sweep import drain
from scm.shipping.models import Shipment
from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.preview import preview
from suite.kernel.documents.transitions import transitions_of
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_user
from tests.factories.journeys import SHIPPED_ON, Trade

ACTIONS = 300 if os.environ.get("PROPERTY_FULL") else 40
FIRST = date(2026, 3, 6)


def pick(chance: random.Random, rows):
    """One of the rows by the walk's own chance; None where there are none."""
    found = list(rows.order_by("pk"))
    return chance.choice(found) if found else None


class House:
    """A trading company on which anything may be done next; `chance` decides what and how much."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a repeatable walk, not a secret
        self.trade = Trade(stock=400)
        self.company, self.boss = self.trade.company, self.trade.boss
        self.bank = BankAccount.objects.get(company=self.company, code="BANK")
        self.days = 0
        self.supplier = Party.objects.create(company=self.company, name="Paper Mill", number="S-1", is_supplier=True)
        entered = enter_supplier_bank_account(
            company_id=self.company.pk, supplier_id=self.supplier.pk, iban="DE89370400440532013000", holder="Paper Mill", actor=self.boss)
        self.payee = approve_bank_account(entered, actor=make_user(self.company))
        self.taxes = list(Tax.objects.filter(company=self.company).order_by("code").values_list("pk", flat=True))
        self.machines = AssetClass.objects.create(company=self.company, code="M", name="Machines")

    def on(self) -> date:
        self.days += 1
        return FIRST + timedelta(days=self.days // 10)

    def amount(self) -> Decimal:
        return Decimal(self.chance.randint(100, 90000)) / 100

    def confirm(self):
        return self.trade.draft((self.trade.product, self.chance.randint(1, 6)), order_date=self.on()), "confirm", {}

    def dispatch(self):
        shipment = pick(self.chance, Shipment.objects.filter(company=self.company, status__in=Shipment.OPEN))
        return (shipment, "dispatch", {"dispatched_on": max(SHIPPED_ON, self.on())}) if shipment else self.confirm()

    def credit(self):
        invoice = pick(self.chance, CustomerInvoice.objects.filter(company=self.company, status="posted", kind="invoice", corrections=None))
        if invoice is None:
            return self.confirm()
        line = invoice.lines.order_by("pk").first()
        return invoice, "credit", {"issued_on": self.on() + timedelta(days=40), "reason": "goodwill", "quantities": {line.pk: Decimal(1)}}

    def receive(self):
        payment = draft_payment(
            company_id=self.company.pk, customer_id=self.trade.customer.pk, bank_account_id=self.bank.pk, amount=self.amount(), paid_on=self.on(),
            currency_id="EUR", actor=self.boss)
        return payment, "post", {}

    def bounce(self):
        payment = pick(self.chance, CustomerPayment.objects.filter(company=self.company, status="posted"))
        return (payment, "reverse", {"on": self.on() + timedelta(days=40), "reason": "bounced"}) if payment else self.receive()

    def match(self):
        payment = pick(self.chance, CustomerPayment.objects.filter(company=self.company, status="posted"))
        amount = payment.amount if payment else self.amount()
        line = enter_statement_line(bank_account=self.bank, booked_on=self.on() + timedelta(days=40), amount=amount, actor=self.boss)
        return line, "match", {"payment_id": payment.pk} if payment else {"account_role": "SUSPENSE"}

    def count(self):
        gain = self.chance.randint(1, 9) * self.chance.choice((1, -1))
        adjustment = draft_adjustment(
            company_id=self.company.pk, kind="count", warehouse_id=self.trade.place.warehouse_id, happened_on=self.on(), actor=self.boss, lines=[
                AdjustmentLineInput(
                    product_id=self.trade.product.pk, location_id=self.trade.place.pk, quantity=Decimal(gain),
                    unit_cost=Decimal(self.chance.randint(5, 20)) if gain > 0 else None)])
        return adjustment, "post", {}

    def accrue(self):
        return Accrual.objects.create(company=self.company, accrued_on=self.on(), amount=self.amount(), description="Accrued"), "post", {}

    def defer(self):
        made = Deferral.objects.create(
            company=self.company, description="Deferred", kind=self.chance.choice(("revenue", "expense")), amount=self.amount(), booked_on=self.on(),
            starts_on=self.on(), ends_on=date(2026, 12, 31))
        return made, "activate", {}

    def type_an_entry(self):
        amount = self.amount()
        entry = JournalEntry.objects.create(
            company=self.company, journal=Journal.objects.get(company=self.company, kind="general"), ledger_date=self.on(), description="Typed")
        for code, debit, credit in (("6100", amount, 0), ("1010", 0, amount)):
            JournalLine.objects.create(
                company=self.company, entry=entry, account=Account.objects.get(company=self.company, code=code), debit=debit, credit=credit)
        return entry, "post", {}

    def draft_bill(self):
        return draft_bill(
            company_id=self.company.pk, supplier_id=self.supplier.pk, supplier_reference=f"R-{self.days}-{self.chance.randint(1, 10**9)}", issued_on=self.on(),
            actor=self.boss, lines=[BillLineInput("Bought", Decimal(self.chance.randint(1, 9)), self.amount(), tax_id=self.chance.choice(self.taxes))])

    def enter_bill(self):
        return self.draft_bill(), "post", {}

    def bill(self):
        return pick(self.chance, SupplierBill.objects.filter(company=self.company, status="posted", kind="bill"))

    def credit_bill(self):
        bill = self.bill()
        return (bill, "credit", {"supplier_reference": f"C-{bill.pk}-{self.days}", "issued_on": self.on() + timedelta(days=40)}) if bill else self.enter_bill()

    def reverse_bill(self):
        bill = self.bill()
        return (bill, "reverse", {"on": self.on() + timedelta(days=40), "reason": "typed wrongly"}) if bill else self.enter_bill()

    def pay_supplier(self):
        payment = draft_supplier_payment(
            company_id=self.company.pk, supplier_id=self.supplier.pk, bank_account_id=self.bank.pk, amount=self.amount(), paid_on=self.on(),
            currency_id="EUR", kind=self.chance.choice(("payment", "advance")), actor=self.boss, payee_account_id=self.payee.pk)
        return payment, "post", {}

    def reject_payment(self):
        payment = pick(self.chance, SupplierPayment.objects.filter(company=self.company, status="posted"))
        return (payment, "reverse", {"on": self.on() + timedelta(days=40), "reason": "rejected"}) if payment else self.pay_supplier()

    def take_into_service(self):
        asset = draft_asset(
            company_id=self.company.pk, class_id=self.machines.pk, name="Machine", cost=self.amount(), acquired_on=self.on(), actor=self.boss)
        return asset, "capitalise", {"on": self.on()}

    def scrap(self):
        asset = pick(self.chance, Asset.objects.filter(company=self.company, status="in_service"))
        return (asset, "scrap", {"on": self.on() + timedelta(days=40), "share": Decimal("0.5")}) if asset else self.take_into_service()

    def release(self):
        deferral = pick(self.chance, Deferral.objects.filter(company=self.company, status="active"))
        return (deferral, self.chance.choice(("post_part", "release")), {}) if deferral else self.defer()

    def anything(self):
        return self.chance.choice((
            self.confirm, self.confirm, self.dispatch, self.dispatch, self.credit, self.receive, self.bounce, self.match, self.count, self.accrue,
            self.defer, self.release, self.type_an_entry, self.enter_bill, self.enter_bill, self.credit_bill, self.reverse_bill, self.pay_supplier,
            self.reject_payment, self.take_into_service, self.scrap))()


def marks() -> tuple:
    """How many rows there are of everything an action could leave behind."""
    models = (
        JournalEntry, JournalLine, StockMove, CustomerInvoice, CustomerPayment, Shipment, Order, StockAdjustment, SupplierBill, SupplierPayment, OpenItem,
        Allocation, AssetMovement)
    return tuple(model.objects.count() for model in models)


def posted_after(last: int, company) -> Counter:
    """Net per account of everything posted since; whoever is paid against whom, the sides are summed."""
    found: Counter = Counter()
    for line in JournalLine.objects.filter(entry__pk__gt=last, company=company, ledger_date__isnull=False).select_related("account"):
        found[str(line.account), "debit"] += line.debit
        found[str(line.account), "credit"] += line.credit
    return Counter({key: amount for key, amount in found.items() if amount})


def moved_after(last: int) -> Counter:
    found: Counter = Counter()
    for move in StockMove.objects.filter(pk__gt=last):
        found[move.product_id] += move.quantity
    return Counter({key: quantity for key, quantity in found.items() if quantity})


def newest(model) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@pytest.mark.django_db
def test_what_a_preview_shows_is_what_is_committed():
    house, done, kinds = House(seed=20261125), 0, Counter()
    while done < ACTIONS:
        document, name, values = house.anything()
        before = marks()
        try:
            shown = preview(document, name, actor=house.boss, **values)
            refusal = None
        except BusinessError as error:
            shown, refusal = None, (type(error), error.code)
        assert marks() == before, f"the preview of {name} left something behind"
        # An entry typed by hand is a draft before it is posted: its lines are older than the mark.
        typed = isinstance(document, JournalEntry)
        last_entry, last_move = (document.pk - 1 if typed else newest(JournalEntry)), newest(StockMove)
        try:
            transitions_of(type(document))[name].run(type(document).objects.get(pk=document.pk), actor=house.boss, **values)
        except BusinessError as error:
            assert refusal == (type(error), error.code), f"{name}: refused by {error.message}, its preview was not"
            continue
        assert refusal is None, f"{name}: its preview was refused by {refusal}, the act was not"
        drain()
        ledger: Counter = Counter()
        for account, debit, credit in shown.ledger:
            ledger[account, "debit"] += debit
            ledger[account, "credit"] += credit
        assert Counter({key: amount for key, amount in ledger.items() if amount}) == posted_after(last_entry, house.company), (name, document, values)
        assert sum((quantity for _place, quantity in shown.stock), Decimal(0)) == sum(moved_after(last_move).values(), Decimal(0)), (name, document)
        assert shown.status == str(type(document).objects.get(pk=document.pk).get_status_display())
        done += 1
        kinds[type(document).__name__, name] += 1
    assert len(kinds) >= 12, kinds
    house.trade.must_be_healthy()
