"""A company that pays in batches: proposer, approver and treasurer, a supplier with an approved account, and the steps of a run."""

from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from django.utils import timezone

from erp.payables.models import SupplierBankAccount
from erp.payables.services import approve_bank_account, enter_supplier_bank_account
from erp.paymentruns.models import PaymentBatch, PaymentSettings
from erp.paymentruns.selectors.proposing import Proposal, propose
from erp.paymentruns.services import BatchLineInput, activate_mandate, approve_batch, enter_mandate, export_batch, propose_batches
from erp.receivables.rules import InvoiceLineInput
from erp.receivables.services import draft_invoice, post_invoice
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.parties.models import Party
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from tests.factories.base import make_customer, make_user
from tests.factories.payables import DAY, Buying

IBANS = ("DE89370400440532013000", "FR1420041010050500013M02606", "AT611904300234573201", "NL91ABNA0417164300")
OURS = "DE02120300000000202051"
PAY_ON = date(2026, 4, 9)


class Paying(Buying):
    """`actor` proposes, `second` approves and sends; the supplier's account is old enough not to be watched."""

    def __init__(self, **company) -> None:
        super().__init__(**company)
        self.bank.iban = OURS
        in_unit_of_work(self.bank.save, actor=self.actor)
        self.mill_account = self.approved_account(self.supplier, IBANS[0])

    def approved_account(self, supplier: Party, iban: str, *, days_ago: int = 60, bic: str = "") -> SupplierBankAccount:
        account = enter_supplier_bank_account(
            company_id=self.company.pk, supplier_id=supplier.pk, iban=iban, holder=supplier.name[:70], bic=bic, actor=self.actor)
        with patch.object(timezone, "now", return_value=timezone.now() - timedelta(days=days_ago)):  # the clock alone
            return approve_bank_account(account, actor=self.second)

    def unwatched(self) -> None:
        """New accounts need no further approval in this company."""
        PaymentSettings.objects.update_or_create(company=self.company, defaults={"watched_days": 0, "creditor_id": "DE98ZZZ09999999999"})

    def discount_term(self, *, percent=5, days=30, reduces_tax=True) -> PaymentTerm:
        term = PaymentTerm.objects.create(
            company=self.company, code=f"{percent}-{days}", name="Early", discount_percent=percent, discount_days=days, discount_reduces_tax=reduces_tax)
        PaymentTermShare.objects.create(company=self.company, term=term, percent=100, days=60)
        return term

    def item(self, document):
        return self.items(document)[0]

    def credit(self, amount="10", *, reference="C-1", supplier=None):
        """A posted credit note over the amount and 10 % tax."""
        return self.bill(self.line(amount), reference=reference, supplier=supplier, kind="credit_note")

    def proposal(self, **values) -> Proposal:
        return propose(**{"bank_account": self.bank, "due_until": date(2026, 12, 31), "execute_on": PAY_ON, "currency_id": "EUR", **values})

    def batch(self, *lines, **values) -> PaymentBatch:
        """One proposed batch over (document, amount) pairs; without any: what the proposal ticks."""
        return self.batches(*lines, **values)[0]

    def batches(self, *lines, actor=None, **values) -> list[PaymentBatch]:
        wanted = [
            BatchLineInput(self.item(document).pk, Decimal(amount)) for document, amount in lines
        ] or [BatchLineInput(row.item_id, row.amount) for row in self.proposal(**{k: values[k] for k in ("direction", "scheme") if k in values}).ticked]
        return propose_batches(**{
            "company_id": self.company.pk, "bank_account_id": self.bank.pk, "execute_on": PAY_ON, "lines": wanted, "actor": actor or self.actor, **values})

    def approved(self, *lines, **values) -> PaymentBatch:
        return approve_batch(self.batch(*lines, **values), actor=self.second)

    def sent(self, *lines, **values) -> PaymentBatch:
        return export_batch(self.approved(*lines, **values), actor=self.second)

    def customer_invoice(self, price="100", *, customer=None, on=DAY):
        """A posted invoice over the price and 10 % tax."""
        customer = customer or make_customer(self.company)
        draft = draft_invoice(
            company_id=self.company.pk, customer_id=customer.pk, currency_id="EUR", actor=self.actor, payment_term_id=customer.payment_term_id,
            lines=[InvoiceLineInput(
                product_id=None, description="Advice", quantity=Decimal(1), unit_price=Decimal(price), tax_id=self.tax.pk, tax_rate=self.tax.rate,
                kind="service")])
        return post_invoice(draft, actor=self.actor, issued_on=on)

    def mandate(self, customer: Party, *, iban=IBANS[2], signed_on=date(2026, 1, 5), **values):
        mandate = enter_mandate(
            company_id=self.company.pk, customer_id=customer.pk, iban=iban, holder=customer.name[:70], signed_on=signed_on, actor=self.actor, **values)
        return activate_mandate(mandate, actor=self.actor)

    def role(self, name: str):
        return make_user(self.company, name)
