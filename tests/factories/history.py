"""A company with a past: books, stock, and orders that ran from confirmation to the bank statement, all through the real services.

Of every declared model there is at least one row afterwards; free texts carry the canary.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from crm.margins.models import MarginFloor
from crm.orders.models import Order
from crm.orders.services import cancel_order
from crm.quotes.services import QuoteLineInput, draft_quote, send_quote
from erp.allowances.services import draft_allowance, name_risk, post_allowance
from erp.assets.models import AssetClass, AssetUsage
from erp.assets.services import capitalise_asset, draft_asset, run_depreciation
from erp.banking.models import BankAccount, BankRule, StatementProfile
from erp.banking.services import enter_statement_line, load_statements, match_statement_line
from erp.closing.models import ClosingWaiver
from erp.compliance.models import Obligation, TaxReturn
from erp.compliance.services import compute_return, plan_tasks
from erp.dimensions.models import Dimension, DimensionRule, DimensionValue
from erp.dunning.models import BaseRate, DunningNotice, DunningPolicy, DunningText
from erp.dunning.services import block_dunning, draft_dunning_run, post_dunning_run, propose_dunning_run, send_notice, set_up_levels
from erp.giveaways.models import DispatchReason
from erp.giveaways.services import set_up_reasons
from erp.inventory.models import Warehouse
from erp.inventory.services import draft_transfer, receive_transfer, send_transfer
from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, post_entry
from erp.payables.services import (
    BillLineInput,
    draft_bill,
    draft_supplier_payment,
    enter_supplier_bank_account,
    post_bill,
    post_supplier_payment,
)
from erp.paymentruns.models import ChequeBook, PaymentHold, PaymentSettings
from erp.paymentruns.services import BatchLineInput, activate_mandate, enter_mandate, propose_batches
from erp.receivables.models import CustomerInvoice, OpenItem
from erp.receivables.services import InvoiceLineInput, credit_invoice, draft_invoice, draft_payment, post_invoice, post_payment
from erp.schedules.models import Accrual, Deferral, RecurringEntry
from erp.schedules.services import activate_deferral, post_accrual
from erp.statements.models import StatementRun
from erp.statements.services import make_statements
from integration.outbox.models import Delivery
from integration.outbox.replay import replay_deliveries
from integration.outbox.sweep import drain
from scm.shipping.services import (
    GivenLine,
    LotQuantity,
    book_shipment,
    dispatch_shipment,
    lose_shipment,
    plan_giveaway,
    record_tracking,
)
from scm.warehousing.services.drawing import draw_pick_list
from suite.kernel.approvals.models import ApprovalRule, Delegation
from suite.kernel.approvals.services import ask_for_approval
from suite.kernel.calendars.models import Period
from suite.kernel.companies.models import Company
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product, ProductCategory
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from suite.kernel.units.models import Unit, UnitConversion
from suite.kernel.users.models import User
from suite.resources.registry import resources
from tests.factories.base import make_customer, make_product, make_user
from tests.factories.budgets import budget_everything
from tests.factories.generic import build, within
from tests.factories.journeys import ORDERED_ON, SHIPPED_ON, Trade
from tests.factories.sales import make_price_list, make_terms
from tests.factories.shipping import make_carrier
from tests.factories.spending import spend
from tests.factories.stock import adjust, make_location, make_lot, make_warehouse

PAID_ON = date(2026, 3, 20)


class History:
    """What a company did: `orders` complete sales, each to another customer, and one of everything else."""

    def __init__(self, company: Company, actor: User, *, canary: str = "", orders: int = 3) -> None:
        self.canary = f"{canary} " if canary else ""
        self.trade = Trade(company=company, actor=actor, stock=0)
        self.trade.boss = actor
        self.company, self.actor = company, actor
        Warehouse.objects.filter(company=company).update(name=f"{self.canary}Warehouse")
        self.products = [make_product(company, name=f"{self.canary}Product {place}") for place in range(max(3, orders))]
        self.customers = [make_customer(company, f"{self.canary}Customer {place}", email=f"{canary or 'post'}@example.org") for place in range(max(3, orders))]
        self.bank = BankAccount.objects.get(company=company, code="BANK")
        self.carrier = make_carrier(company, name=f"{self.canary}Carrier")
        for product in self.products:
            self.trade.receive(product, 500)
        for number in range(orders):
            self.sell(self.customers[number], [self.products[number], self.products[number - 1]])
        drain()

    def sell(self, customer: Party, products: Sequence[Product]) -> Order:
        """An order confirmed, picked, booked, shipped, tracked, invoiced and paid over the bank."""
        order = self.trade.confirm(
            *[(product, 5) for product in products], customer=customer, customer_reference=f"{self.canary}reference", note=f"{self.canary}note",
        )
        shipment = self.trade.open_shipment(order)
        draw_pick_list(shipment_id=shipment.pk, actor=self.actor)
        number = f"{self.canary}{shipment.number}".replace(" ", "")
        shipment = book_shipment(shipment, actor=self.actor, carrier_id=self.carrier.pk, tracking_number=number, weight_kg=Decimal(2))
        self.trade.dispatch(order)
        record_tracking(
            company_id=self.company.pk, carrier_id=self.carrier.pk, tracking_number=number, external_id=number, code="in_transit",
            happened_at=datetime(2026, 3, 6, 12, tzinfo=UTC), actor=self.actor, place=f"{self.canary}depot",
        )
        self.pay(CustomerInvoice.objects.get(order_key=order.key, status="posted"))
        drain()
        return order

    def pay(self, invoice: CustomerInvoice) -> None:
        """A payment of all of it, seen on the bank's statement."""
        payment = draft_payment(
            company_id=self.company.pk, customer_id=invoice.customer_id, bank_account_id=self.bank.pk, amount=invoice.gross, paid_on=PAID_ON,
            currency_id="EUR", actor=self.actor, reference=f"{self.canary}payment",
        )
        payment = post_payment(payment, actor=self.actor)
        line = enter_statement_line(
            bank_account=self.bank, booked_on=PAID_ON, amount=invoice.gross, actor=self.actor, text=f"{self.canary}transfer",
            party_id=invoice.customer_id,
        )
        match_statement_line(line, actor=self.actor, payment_id=payment.pk)

    def load_statement(self, customer: Party) -> None:
        """A file from the bank, a rule, and a profile of columns."""
        content = f"Date,Description,Amount\n{PAID_ON},{self.canary}statement,12.50\n"
        load_statements(
            company_id=self.company.pk, content=content.encode(), file_name=f"{self.canary}.csv", actor=self.actor, bank_account_id=self.bank.pk,
        )
        BankRule.objects.create(company=self.company, sign="text", pattern=f"{self.canary}rule", party=customer)
        StatementProfile.objects.create(company=self.company, name=f"{self.canary}Profile", date="Date", amount="Amount")

    def odds(self) -> None:
        """What no plain sale leaves behind: quote, price list, credit note, transfer, lot, open order, cancelled order, replay and the like."""
        product, customer = self.products[0], self.customers[0]
        self.quote(product, customer)
        make_price_list(self.company, name=f"{self.canary}List", prices={product: "19"})
        make_terms(customer)
        self.trade.confirm((product, 2), customer=customer)
        cancel_order(self.trade.confirm((product, 1), customer=customer), actor=self.actor, reason=f"{self.canary}reason")
        invoice = CustomerInvoice.objects.filter(company=self.company, kind="invoice", status="posted").order_by("pk").first()
        credit_invoice(invoice, actor=self.actor, issued_on=PAID_ON, reason="goodwill", quantities={line.pk: Decimal(1) for line in invoice.lines.all()[:1]})
        self.sell_below_the_floor(customer)
        self.move_stock(product)
        self.own_a_machine()
        self.keep_the_calendar()
        self.load_statement(customer)
        self.buy()
        self.keep_tax_back()
        self.remind(customer)
        self.ask_for_approval()
        spend(self.company, self.actor, canary=self.canary)
        post_entry(
            company_id=self.company.pk, journal_kind="general", ledger_date=SHIPPED_ON, description=f"{self.canary}entry", actor=self.actor,
            lines=[EntryLine(AccountRole.BANK_FEES, amount=Decimal(7)), EntryLine(account_id=self.bank.account_id, amount=Decimal(-7))],
        )
        drain()
        delivery = Delivery.objects.filter(event__company=self.company).order_by("-pk").first()
        Delivery.objects.filter(pk=delivery.pk).update(status=Delivery.Status.DEAD)
        replay_deliveries([delivery.pk], actor=self.actor, reason=f"{self.canary}again")
        drain()
        UnitConversion.objects.get_or_create(
            unit=Unit.objects.get_or_create(code="box", defaults={"name": "Box"})[0], into=Unit.objects.get(code="pcs"),
            defaults={"numerator": 12},
        )

    def buy(self) -> None:
        """A bill in two instalments, paid in part, and an advance."""
        supplier = Party.objects.create(company=self.company, name=f"{self.canary}Supplier", number="S-1", is_supplier=True)
        term = PaymentTerm.objects.create(company=self.company, code="TWICE", name=f"{self.canary}Twice")
        for position in (1, 2):
            PaymentTermShare.objects.create(company=self.company, term=term, position=position, percent=50, days=30 * position)
        line = BillLineInput(f"{self.canary}Paper", Decimal(10), Decimal(9), tax_id=Tax.objects.filter(company=self.company, rate__gt=0).first().pk)
        post_bill(draft_bill(
            company_id=self.company.pk, supplier_id=supplier.pk, supplier_reference=f"{self.canary}R-1", issued_on=SHIPPED_ON, lines=[line],
            payment_term_id=term.pk, actor=self.actor, note=f"{self.canary}note",
        ), actor=self.actor)
        enter_supplier_bank_account(
            company_id=self.company.pk, supplier_id=supplier.pk, iban="DE89 3704 0044 0532 0130 00", holder=f"{self.canary}Supplier", actor=self.actor,
        )
        propose_batches(
            company_id=self.company.pk, bank_account_id=self.bank.pk, execute_on=PAID_ON, actor=self.actor, note=f"{self.canary}note", cheques=True,
            lines=[BatchLineInput(OpenItem.objects.filter(company=self.company, kind="bill").order_by("pk").last().pk, Decimal(5))],
        )
        activate_mandate(enter_mandate(
            company_id=self.company.pk, customer_id=self.customers[0].pk, iban="AT611904300234573201", holder=f"{self.canary}Customer", actor=self.actor,
            signed_on=SHIPPED_ON, reference=f"{self.canary}MANDATE",
        ), actor=self.actor)
        PaymentHold.objects.create(company=self.company, supplier=supplier, reason=f"{self.canary}dispute", until=PAID_ON)
        ChequeBook.objects.create(company=self.company, bank_account=self.bank, first_number=1, last_number=9, next_number=1)
        PaymentSettings.objects.create(company=self.company, creditor_id=f"{self.canary}DE98"[:35])
        for kind in ("payment", "advance"):
            post_supplier_payment(draft_supplier_payment(
                company_id=self.company.pk, supplier_id=supplier.pk, bank_account_id=self.bank.pk, amount=Decimal(20), paid_on=PAID_ON,
                currency_id="EUR", kind=kind, reference=f"{self.canary}payment", actor=self.actor, method="direct_debit",
            ), actor=self.actor)

    def keep_tax_back(self) -> None:
        """A bill of which tax is withheld, and an advance that contains tax."""
        withheld = Tax.objects.create(company=self.company, code="W10", name=f"{self.canary}Withheld", rate=Decimal("0.1"), kind="withholding")
        adviser = Party.objects.create(
            company=self.company, name=f"{self.canary}Adviser", number="S-2", is_supplier=True, withholding_tax=withheld)
        post_bill(draft_bill(
            company_id=self.company.pk, supplier_id=adviser.pk, supplier_reference=f"{self.canary}A-1", issued_on=SHIPPED_ON, actor=self.actor,
            lines=[BillLineInput(f"{self.canary}Advice", Decimal(1), Decimal(100))],
        ), actor=self.actor)
        post_supplier_payment(draft_supplier_payment(
            company_id=self.company.pk, supplier_id=adviser.pk, bank_account_id=self.bank.pk, amount=Decimal(90), paid_on=PAID_ON, currency_id="EUR",
            actor=self.actor, method="card",
        ), actor=self.actor)
        advance = draft_payment(
            company_id=self.company.pk, customer_id=self.customers[0].pk, bank_account_id=self.bank.pk, amount=Decimal(11), paid_on=PAID_ON,
            currency_id="EUR", kind="advance", actor=self.actor, reference=f"{self.canary}advance",
        )
        advance.advance_tax = Tax.objects.filter(company=self.company, rate__gt=0, kind="value_added").first()
        advance.save(update_fields=["advance_tax"])
        post_payment(advance, actor=self.actor)
    def remind(self, customer: Party) -> None:
        """An invoice that nobody paid: dunned twice, its letter sent, another item blocked."""
        tax = Tax.objects.get(company=self.company, code="T10")
        invoices = [
            post_invoice(draft_invoice(
                company_id=self.company.pk, customer_id=customer.pk, currency_id="EUR", actor=self.actor, lines=[InvoiceLineInput(
                    product_id=None, description=f"{self.canary}service", quantity=Decimal(1), unit_price=Decimal(100), tax_id=tax.pk, tax_rate=tax.rate,
                    kind="service")]), actor=self.actor, issued_on=SHIPPED_ON)
            for _number in range(2)
        ]
        first, second = set_up_levels(company_id=self.company.pk, actor=self.actor)[:2]
        for level in (first, second):
            DunningText.objects.create(
                company=self.company, level=level, language="en", subject=f"{self.canary}letter", opening=f"{self.canary}opening", closing="{total}")
        BaseRate.objects.create(company=self.company, valid_from=date(2026, 1, 1), rate=Decimal("1.27"))
        DunningPolicy.objects.create(company=self.company, proposes_daily=False)
        blocked = OpenItem.objects.get(document_key=invoices[1].key)
        block_dunning(
            company_id=self.company.pk, customer_id=customer.pk, item_id=blocked.pk, reason=f"{self.canary}dispute", until=date(2099, 1, 1), actor=self.actor)
        for days in (60, 75):
            run = draft_dunning_run(company_id=self.company.pk, as_of=SHIPPED_ON + timedelta(days=days), actor=self.actor)
            run = post_dunning_run(propose_dunning_run(run, actor=self.actor), actor=self.actor)
        send_notice(DunningNotice.objects.filter(run=run).first(), actor=self.actor)
        self.set_aside_and_give_away(customer, blocked)

    def set_aside_and_give_away(self, customer: Party, item: OpenItem) -> None:
        """An item judged by itself and set aside, a statement of account, a sample that left, and a shipment that a carrier lost."""
        name_risk(item=item, percent=Decimal(50), reason=f"{self.canary}insolvency", actor=self.actor)
        day = SHIPPED_ON + timedelta(days=75)
        post_allowance(draft_allowance(company_id=self.company.pk, as_of=day, actor=self.actor), actor=self.actor)
        make_statements(StatementRun.objects.create(company=self.company, as_of=day), actor=self.actor)
        reason = set_up_reasons(company_id=self.company.pk, actor=self.actor)[0]
        DispatchReason.objects.filter(pk=reason.pk).update(name=f"{self.canary}Sample")
        sample = plan_giveaway(
            company_id=self.company.pk, customer_id=customer.pk, site_id=self.trade.place.warehouse.site_id, reason_key=reason.key, actor=self.actor,
            lines=[GivenLine(self.products[0].pk, Decimal(1))])
        dispatch_shipment(sample, actor=self.actor, dispatched_on=SHIPPED_ON)
        shipment = self.trade.open_shipment(self.trade.confirm((self.products[0], 1), customer=customer))
        book_shipment(shipment, actor=self.actor, carrier_id=self.carrier.pk, weight_kg=Decimal(1))
        lost = dispatch_shipment(shipment, actor=self.actor, dispatched_on=SHIPPED_ON)
        drain()
        lose_shipment(lost, actor=self.actor, lost_on=PAID_ON, is_sent_again=False, reason=f"{self.canary}lost")
        drain()

    def ask_for_approval(self) -> None:
        """A large bill that waits for a controller's yes; a colleague answers while somebody is away."""
        ApprovalRule.objects.create(company=self.company, action="erp.supplierbill:post", from_amount=5000, role="controller")
        bill = draft_bill(
            company_id=self.company.pk, supplier_id=Party.objects.get(company=self.company, number="S-1").pk, supplier_reference=f"{self.canary}R-2",
            issued_on=SHIPPED_ON, lines=[BillLineInput(f"{self.canary}Machine", Decimal(1), Decimal(9000), tax_id=Tax.objects.filter(
                company=self.company, rate__gt=0).first().pk)], actor=self.actor)
        ask_for_approval(bill, transition="post", actor=self.actor, reason=f"{self.canary}reason")
        colleague = make_user(self.company, "controller", first_name=f"{self.canary}Colleague")
        Delegation.objects.create(
            company=self.company, giver=colleague, taker=self.actor, valid_from=ORDERED_ON, valid_until=date(2027, 1, 31), reason=f"{self.canary}away")

    def own_a_machine(self) -> None:
        """A fixed asset in service, used, and depreciated for a month."""
        kind = AssetClass.objects.create(company=self.company, code=f"{self.canary}M".replace(" ", ""), name=f"{self.canary}Machines")
        asset = draft_asset(
            company_id=self.company.pk, class_id=kind.pk, name=f"{self.canary}Machine", cost=Decimal(600), acquired_on=SHIPPED_ON, actor=self.actor,
        )
        capitalise_asset(asset, actor=self.actor, on=SHIPPED_ON)
        AssetUsage.objects.create(company=self.company, asset=asset, used_on=SHIPPED_ON, units=1, note=f"{self.canary}usage")
        run_depreciation(period=Period.objects.get(company=self.company, year__code="2026", number=SHIPPED_ON.month), actor=self.actor)

    def quote(self, product: Product, customer: Party) -> None:
        """A quote that was sent."""
        send_quote(draft_quote(
            company_id=self.company.pk, customer_id=customer.pk, lines=[QuoteLineInput(product.pk, Decimal(5))], actor=self.actor,
            quote_date=ORDERED_ON, valid_until=date(2027, 1, 31),
        ), actor=self.actor)

    def sell_below_the_floor(self, customer: Party) -> Order:
        """An order that waits for somebody to approve its margin, under a floor of its category alone."""
        category = ProductCategory.objects.create(company=self.company, code="FLOOR", name=f"{self.canary}Floor")
        MarginFloor.objects.create(company=self.company, category=category, min_margin=Decimal("0.9"))
        dear = make_product(self.company, name=f"{self.canary}Dear", category=category, standard_cost=Decimal(15))
        return self.trade.confirm((dear, 1), customer=customer)

    def keep_the_calendar(self) -> None:
        """An accrual posted and to be reversed, a deferral under way, a recurring entry, a waiver, a return computed, its task."""
        company, first, last = self.company, date(2026, 3, 1), date(2026, 3, 31)
        post_accrual(Accrual.objects.create(company=company, accrued_on=last, amount=Decimal(80), description=f"{self.canary}Cleaning"), actor=self.actor)
        deferral = Deferral.objects.create(
            company=company, description=f"{self.canary}Insurance", amount=Decimal(120), booked_on=first, starts_on=first, ends_on=date(2026, 6, 30))
        activate_deferral(deferral, actor=self.actor)
        RecurringEntry.objects.create(
            company=company, name=f"{self.canary}Rent", first_on=first, journal=Journal.objects.get(company=company, kind="general"))
        ClosingWaiver.objects.create(
            company=company, period=Period.objects.filter(company=company, is_closing=False).order_by("starts_on").first(), check_name="suspense",
            findings=1, reason=f"{self.canary}reason", waived_by=self.actor)
        Obligation.objects.create(company=company, name=f"{self.canary}VAT", starts_on=first, owner=self.actor)
        plan_tasks(company_id=company.pk, on=last, actor=self.actor)
        compute_return(TaxReturn.objects.get(company=company), actor=self.actor)

    def move_stock(self, product: Product) -> None:
        """A write-off, a lot that came in and left again, and two transfers to a second warehouse: one arrived, one in part."""
        adjust(self.actor, "scrap", [(product, 1, None)], place=self.trade.place)
        tracked = make_product(self.company, name=f"{self.canary}Tracked", tracking="lot")
        adjust(self.actor, "count", [(tracked, 4, "10")], place=self.trade.place, lot=make_lot(tracked, f"{self.canary}LOT"))
        shipment = self.trade.open_shipment(self.trade.confirm((tracked, 2)))
        named = {line.pk: [LotQuantity(f"{self.canary}LOT", Decimal(2))] for line in shipment.lines.all()}
        dispatch_shipment(shipment, actor=self.actor, lots=named, dispatched_on=SHIPPED_ON)
        second = make_warehouse(self.company, "WH2")
        make_location(second, "B1", name=f"{self.canary}shelf")
        transfer = draft_transfer(
            company_id=self.company.pk, origin_id=self.trade.place.pk, destination_id=second.locations.first().pk, sent_on=SHIPPED_ON,
            lines=[(product.pk, None, Decimal(3))], actor=self.actor, note=f"{self.canary}note",
        )
        receive_transfer(send_transfer(transfer, actor=self.actor), actor=self.actor, received_on=SHIPPED_ON)
        transfer = send_transfer(draft_transfer(
            company_id=self.company.pk, origin_id=self.trade.place.pk, destination_id=second.locations.first().pk, sent_on=SHIPPED_ON,
            lines=[(product.pk, None, Decimal(4))], actor=self.actor, note=f"{self.canary}second load",
        ), actor=self.actor)
        receive_transfer(transfer, actor=self.actor, received_on=SHIPPED_ON, quantities={transfer.lines.get().pk: Decimal(1)})


def make_history(company: Company, actor: User, canary: str = "", *, orders: int = 3) -> History:
    """The company's past, `orders` complete sales long."""
    centre = build(Dimension, company, canary=canary, actor=actor)
    value = build(DimensionValue, company, canary=canary, actor=actor, dimension=centre)
    DimensionRule.objects.create(company=company, dimension=centre, account_type="expense", default=value)
    history = History(company, actor, canary=canary, orders=orders)
    history.odds()
    budget_everything(company, actor, canary)
    for resource in resources():
        if not within(resource.model, company).exists():
            build(resource.model, company, canary=canary, actor=actor)
    return history
