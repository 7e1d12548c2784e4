"""A company that sells: books, a warehouse with stock, a customer, and the steps of order to cash through the real services."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from erp.banking.models import BankAccount
from erp.ledger.models import JournalEntry
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.services import (
    InvoiceLineInput,
    ReturnedLine,
    ShippedLine,
    draft_invoice,
    draft_payment,
    invoice_shipment,
    issue_shipment,
    post_invoice,
    post_payment,
    set_order_draft,
    take_back_shipment,
)
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_customer, make_product, make_user
from tests.factories.books import make_books
from tests.factories.stock import make_warehouse, stock_up

DAY = date(2026, 3, 10)


class Trade:
    """Everything about one order of five units at 20.00 and 10 % tax, in stock at 10.00."""

    def __init__(self, *, stock=((5, "10"), (95, "10")), **company) -> None:
        self.company = make_books(**company)
        self.actor = make_user(self.company)
        self.customer = make_customer(self.company)
        self.product = make_product(self.company)
        self.warehouse = make_warehouse(self.company)
        self.place = self.warehouse.locations.get()
        self.tax = Tax.objects.get(company=self.company, code="T10")
        self.tax_20, self.no_tax = (Tax.objects.get(company=self.company, code=code) for code in ("T20", "T0"))
        self.bank = BankAccount.objects.get(company=self.company, code="BANK")
        self.cash = BankAccount.objects.get(company=self.company, code="CASH")
        for quantity, cost in stock:
            self.receive(quantity, cost)

    def receive(self, quantity, cost, product=None) -> None:
        stock_up(self.actor, product or self.product, quantity, cost, place=self.place, on=date(2026, 1, 5))

    def line(self, quantity="5", price="20", *, key="crm.orderline:1", kind="goods", tax=None, product=None, discount="0") -> InvoiceLineInput:
        tax = tax or self.tax
        product = product or (self.product if kind == "goods" else None)
        return InvoiceLineInput(
            product_id=product and product.pk, description=kind.title(), quantity=Decimal(quantity), unit_price=Decimal(price), tax_id=tax.pk,
            tax_rate=tax.rate, order_line_key=key if kind != "discount" else "", kind=kind, discount=Decimal(discount),
        )

    def draft(self, *lines, issue_on=None, order="crm.order:1", **values) -> CustomerInvoice | None:
        """The draft of the order (five at 20.00 unless said otherwise), posted on `issue_on`."""
        return set_order_draft(**{
            "company_id": self.company.pk, "order_key": order, "order_number": "SO-00001", "customer_id": self.customer.pk,
            "lines": lines or (self.line(),), "currency_id": "EUR", "payment_term_id": self.customer.payment_term_id,
            "prices_include_tax": False, "tax_rounding": "per_tax_group", "source_key": order, "actor": self.actor, "issue_on": issue_on,
        } | values)

    def invoice(self, *lines, on=DAY, **values) -> CustomerInvoice:
        """An invoice typed by hand, posted."""
        draft = draft_invoice(**{
            "company_id": self.company.pk, "customer_id": self.customer.pk, "lines": lines, "currency_id": "EUR", "actor": self.actor,
        } | values)
        return post_invoice(draft, actor=self.actor, issued_on=on)

    def ship(self, quantity="5", *, shipment="scm.shipment:1", on=DAY, key="crm.orderline:1", order="crm.order:1") -> JournalEntry:
        return issue_shipment(
            company_id=self.company.pk, shipment_key=shipment, shipment_number="SH-1", order_key=order, customer_id=self.customer.pk,
            shipped_on=on, happened_at=datetime.combine(on, time(12), tzinfo=UTC), actor=self.actor,
            lines=[ShippedLine(f"{shipment}/1", key, self.product.pk, self.warehouse.pk, Decimal(quantity))],
        )

    def invoice_shipment(self, quantity="5", *, shipment="scm.shipment:1", on=DAY, order="crm.order:1") -> CustomerInvoice | None:
        return invoice_shipment(
            company_id=self.company.pk, order_key=order, shipment_key=shipment, issued_on=on, actor=self.actor,
            lines=[("crm.orderline:1", f"{shipment}/1", Decimal(quantity))],
        )

    def take_back(self, quantity="2", *, shipment="scm.shipment:1", on=DAY) -> JournalEntry:
        return take_back_shipment(
            company_id=self.company.pk, shipment_key=shipment, returned_on=on, actor=self.actor,
            lines=[ReturnedLine(f"{shipment}/1/return", f"{shipment}/1", "crm.orderline:1", self.product.pk, self.warehouse.pk, Decimal(quantity))],
        )

    def payment(self, amount, *, on=DAY, cash=False, kind="receipt", customer: Party | None = None, reference="") -> CustomerPayment:
        """A draft payment."""
        return draft_payment(
            company_id=self.company.pk, customer_id=(customer or self.customer).pk, bank_account_id=(self.cash if cash else self.bank).pk,
            amount=Decimal(amount), paid_on=on, currency_id="EUR", actor=self.actor, kind=kind, method="cash" if cash else "transfer",
            reference=reference,
        )

    def pay(self, amount, *, allocations=None, on_statement=False, **values) -> CustomerPayment:
        return post_payment(self.payment(amount, **values), actor=self.actor, allocations=allocations, on_statement=on_statement)

    def items(self, document) -> list[OpenItem]:
        return list(OpenItem.objects.filter(document_key=document.key).order_by("pk"))

    def open(self, document) -> Decimal:
        return sum((item.open_amount for item in self.items(document)), Decimal(0))
