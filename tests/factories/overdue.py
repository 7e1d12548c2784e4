"""A trading company with customers who do not pay: dunning levels, base rates, invoices due on a day."""

from datetime import date, timedelta
from decimal import Decimal

from erp.dunning.models import BaseRate, DunningLevel, DunningRun
from erp.dunning.services import draft_dunning_run, post_dunning_run, propose_dunning_run, set_up_levels
from erp.receivables.models import CustomerInvoice, OpenItem
from suite.kernel.parties.models import Party
from tests.factories.base import make_customer
from tests.factories.trade import Trade

ISSUED = date(2026, 3, 10)
LEVELS = (
    {"position": 1, "name": "Reminder", "days": 7},
    {"position": 2, "name": "First dunning", "days": 14, "fee": Decimal(5), "interest_points": Decimal(9)},
    {
        "position": 3, "name": "Last dunning", "days": 14, "fee": Decimal(10), "interest_points": Decimal(9), "stops_delivery": True,
        "minimum_amount": Decimal(50),
    },
)


class Overdue(Trade):
    """The trade of every other test, with three dunning levels and a base rate of 3 % (1 % before 1 April 2026)."""

    def __init__(self, **values) -> None:
        super().__init__(**values)
        set_up_levels(company_id=self.company.pk, actor=self.actor, levels=LEVELS)
        for valid_from, rate in ((date(2025, 1, 1), "1"), (date(2026, 4, 1), "3")):
            BaseRate.objects.create(company=self.company, valid_from=valid_from, rate=Decimal(rate))

    def bill(self, price="100", *, on=ISSUED, customer: Party | None = None, tax=None, **values) -> CustomerInvoice:
        """An invoice of one service, due on its day."""
        customer = customer or self.customer
        return self.invoice(self.line("1", price, kind="service", tax=tax), on=on, customer_id=customer.pk, payment_term_id=None, **values)

    def another(self, **values) -> Party:
        """One more customer, without a payment term."""
        return make_customer(self.company, **values)

    def item(self, invoice: CustomerInvoice) -> OpenItem:
        return OpenItem.objects.get(document_key=invoice.key, kind="invoice")

    def level(self, position: int) -> DunningLevel:
        return DunningLevel.objects.get(company=self.company, position=position)

    def draft_run(self, on: date, **values) -> DunningRun:
        return draft_dunning_run(company_id=self.company.pk, as_of=on, actor=self.actor, **values)

    def propose(self, on: date, **values) -> DunningRun:
        return propose_dunning_run(self.draft_run(on, **values), actor=self.actor)

    def dun(self, on: date, **values) -> DunningRun:
        """A run of that day, posted."""
        return post_dunning_run(self.propose(on, **values), actor=self.actor)

    def dun_to(self, position: int) -> list[DunningRun]:
        """Runs until what is due on ISSUED has reached the level: 8, 22 and 36 days after it."""
        return [self.dun(ISSUED + timedelta(days=8 + 14 * place)) for place in range(position)]
