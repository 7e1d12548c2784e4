"""Money on its way today: a payment run that went to the bank, one that waits for a second person, and two mandates."""

from datetime import timedelta

from erp.paymentruns.models import PaymentBatch, PaymentSettings
from erp.paymentruns.selectors.proposing import propose
from erp.paymentruns.services import BatchLineInput, activate_mandate, approve_accounts, approve_batch, enter_mandate, export_batch, propose_batches
from integration.profiles.demo.story import Story
from suite.kernel.documents.work import in_unit_of_work

IBANS = ("DE75512108001245126199", "DE02370502990000684712")
CREDITOR_ID = "DE98ZZZ09999999999"


def tell_payment_runs(story: Story) -> None:
    """Half of what is due is sent, the rest waits for approval; nothing where the company has batches already."""

    def tell() -> None:
        if PaymentBatch.objects.filter(company_id=story.company_id).exists():
            return
        today, finance, second = story.plan.today, story.person("finance"), story.person("administrator")
        PaymentSettings.objects.create(company_id=story.company_id, creditor_id=CREDITOR_ID)
        bank = story.house.bank
        due = propose(bank_account=bank, due_until=today + timedelta(days=60), execute_on=today, currency_id=bank.currency_id).ticked
        for rows, note in ((due[0::2], ""), (due[1::2], "Please look: new suppliers.")):
            if not rows:
                continue
            batch = propose_batches(
                company_id=story.company_id, bank_account_id=bank.pk, execute_on=today, actor=finance, note=note,
                lines=[BatchLineInput(row.item_id, row.amount) for row in rows])[0]
            if not note:
                approve_accounts(batch, actor=second)
                export_batch(approve_batch(batch, actor=second), actor=second)
        for customer, iban, scheme in zip(story.house.customers[:2], IBANS, ("CORE", "B2B"), strict=True):
            mandate = enter_mandate(
                company_id=story.company_id, customer_id=customer, iban=iban, holder=story.plan.customers[story.house.customers.index(customer)].name[:70],
                scheme=scheme, signed_on=today, actor=finance)
            activate_mandate(mandate, actor=finance)

    in_unit_of_work(tell, actor=story.person("finance"))
