"""Small balances written off together, and set-offs between the two sides of a party."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from erp.payables.reports import supplier_statement
from erp.payables.services import BillLineInput, draft_bill, post_bill
from erp.receivables.models import OpenItem
from erp.receivables.reports import customer_statement
from erp.settlements.models import SetOff, SmallBalance, SmallBalanceRun
from erp.settlements.services import post_set_off, post_small_balances, reverse_set_off
from suite.kernel.calendars.models import Period
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import preview
from suite.kernel.parties.models import Party
from tests.erp.receivables.conftest import must_be_in_order
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

LATER = DAY + timedelta(days=60)


@pytest.fixture
def trade(db):
    made = Trade()
    yield made
    must_be_in_order(made)


def bill(trade, price="100", **values):
    return trade.invoice(trade.line("1", price, kind="service"), payment_term_id=None, **values)


def item(invoice) -> OpenItem:
    return OpenItem.objects.get(document_key=invoice.key, kind="invoice")


class TestSmallBalances:
    @pytest.fixture
    def trade(self, trade):
        """Cents left on two invoices and one payment, and an invoice that nobody has paid anything of."""
        for price, paid in (("100", "109.99"), ("50", "54.60")):
            trade.pay(paid, allocations=[(item(bill(trade, price)).pk, D(paid))])
        trade.pay("110.02", allocations=[(item(bill(trade)).pk, D(110))])
        bill(trade, "0.20")
        trade.company.payment_tolerance = D("0.50")
        trade.company.save()
        return trade

    def run(self, trade, **values) -> SmallBalanceRun:
        made = SmallBalanceRun(**{"company": trade.company, "as_of": LATER, "most": D("0.50"), "min_days": 30} | values)
        return save_record(made, actor=trade.actor)

    def test_O2C_12_for_all_of_them_at_once(self, trade):
        run = self.run(trade)
        shown = preview(run, "post", actor=trade.actor)

        run = post_small_balances(run, actor=trade.actor)

        assert (run.number_of_items, run.given_up, run.gained) == (3, D("0.41"), D("0.02"))
        assert net_by_role(run.entry) == {"ROUNDING": D("0.39"), "AR": D("-0.39")}
        assert sum(debit - credit for _account, debit, credit in shown.ledger) == 0 and len(shown.ledger) == 4
        assert sorted(SmallBalance.objects.values_list("amount", flat=True)) == [D("-0.02"), D("0.01"), D("0.40")]
        assert [one.open_amount for one in OpenItem.objects.exclude(open_amount=0)] == [D("0.22")]

    def test_a_remainder_of_one_cent_is_O2C_12_less_its_payment(self, trade):
        run = post_small_balances(self.run(trade, most=D("0.01")), actor=trade.actor)

        difference = {role: amount for role, amount in expected("O2C-12").items() if role == "ROUNDING"}
        assert net_by_role(run.entry) == difference | {"AR": D("-0.01")}

    def test_what_is_younger_or_larger_stays(self, trade):
        run = post_small_balances(self.run(trade, most=D("0.05")), actor=trade.actor)
        assert run.number_of_items == 2
        with pytest.raises(Refusal) as refusal:
            post_small_balances(self.run(trade, min_days=90), actor=trade.actor)
        assert refusal.value.code == "nothing_small"

    @pytest.mark.parametrize("values, code", [
        ({"most": D("0.51")}, "above_tolerance"), ({"most": D(0)}, "above_tolerance"), ({"as_of": date(2099, 1, 1)}, "future"),
    ])
    def test_is_refused(self, trade, values, code):
        with pytest.raises(Refusal) as refusal:
            self.run(trade, **values)
        assert (refusal.value.code, SmallBalanceRun.objects.count()) == (code, 0)

    def test_a_closed_period(self, trade):
        run = self.run(trade)
        Period.objects.filter(company=trade.company, starts_on__lte=LATER, ends_on__gte=LATER).update(status="closed")
        with pytest.raises(Refusal) as refusal:
            post_small_balances(run, actor=trade.actor)
        assert refusal.value.code == "period_open" and SmallBalance.objects.count() == 0


class TestSetOff:
    @pytest.fixture
    def trade(self, trade):
        """A customer that owes 110 and 55, and is owed 88 as a supplier."""
        Party.objects.filter(pk=trade.customer.pk).update(is_supplier=True)
        trade.customer.refresh_from_db()
        trade.first, trade.second = bill(trade, "100"), bill(trade, "50")
        trade.bought = post_bill(draft_bill(
            company_id=trade.company.pk, supplier_id=trade.customer.pk, supplier_reference="R-1", issued_on=DAY, actor=trade.actor,
            lines=[BillLineInput("Cleaning", D(1), D(80), tax_id=trade.tax.pk)]), actor=trade.actor, ledger_date=DAY)
        return trade

    def set_off(self, trade, **values) -> SetOff:
        return save_record(SetOff(**{"company": trade.company, "party": trade.customer, "set_off_on": LATER, "reason": "Agreed"} | values), actor=trade.actor)

    def test_Dr_AP_Cr_AR_as_far_as_both_go_oldest_first(self, trade):
        done = post_set_off(self.set_off(trade), actor=trade.actor)

        assert (done.amount, net_by_role(done.entry)) == (88, {"AP": 88, "AR": -88})
        assert (item(trade.first).open_amount, item(trade.second).open_amount) == (22, 55)
        assert OpenItem.objects.get(kind="bill").open_amount == 0

    def test_shows_on_both_statements(self, trade):
        done = post_set_off(self.set_off(trade, amount=D(40)), actor=trade.actor)
        asked = {"company_id": trade.company.pk, "starts_on": DAY, "ends_on": LATER}

        ours = customer_statement(customer=trade.customer, **asked)
        theirs = supplier_statement(supplier=trade.customer, **asked)

        for table in (ours, theirs):
            assert [row["number"] for row in table.rows if row.get("number") == done.entry.number] == [done.entry.number]
        assert ours.totals["balance"] == 125

    def test_reversed_both_sides_are_open_again(self, trade):
        done = reverse_set_off(post_set_off(self.set_off(trade), actor=trade.actor), actor=trade.actor, on=LATER)

        assert done.status == "reversed" and net_by_role(done.entry, done.reversal) == {}
        assert (item(trade.first).open_amount, item(trade.second).open_amount, OpenItem.objects.get(kind="bill").open_amount) == (110, 55, -88)
        assert post_set_off(self.set_off(trade), actor=trade.actor).amount == 88

    def test_more_than_both_sides_have(self, trade):
        with pytest.raises(Refusal) as refusal:
            post_set_off(self.set_off(trade, amount=D("88.01")), actor=trade.actor)
        assert (refusal.value.field, OpenItem.objects.filter(kind="set_off").count()) == ("amount", 0)

    def test_a_party_that_is_no_supplier(self, trade):
        Party.objects.filter(pk=trade.customer.pk).update(is_supplier=False)
        trade.customer.refresh_from_db()
        with pytest.raises(Refusal) as refusal:
            self.set_off(trade)
        assert (refusal.value.code, SetOff.objects.count()) == ("not_both", 0)
