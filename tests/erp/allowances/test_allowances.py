"""The allowance for bad debt: proposed, posted as a difference, used, recovered, taken back."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from erp.allowances.invariants import INVARIANTS as ALLOWANCES
from erp.allowances.models import Allowance, AllowanceRate, NamedRisk
from erp.allowances.rules import Risk, age_of, assess
from erp.allowances.selectors import assessment, set_aside
from erp.allowances.services import draft_allowance, name_risk, post_allowance, reverse_allowance
from erp.ledger.models import Account, JournalEntry
from erp.ledger.services import EntryLine, post_entry
from erp.receivables.models import CustomerInvoice, OpenItem
from erp.receivables.services import recover_bad_debt, write_off
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from tests.erp.receivables.conftest import must_be_in_order, net_of
from tests.factories.base import make_user
from tests.factories.books import net_by_role
from tests.factories.trade import DAY, Trade
from tests.golden.postings import expected

LATE = DAY + timedelta(days=120)
LATER = DAY + timedelta(days=150)


@pytest.fixture
def trade(db):
    made = Trade()
    for age, percent in (("not_due", "1"), ("to_30", "5"), ("to_60", "20"), ("to_90", "50"), ("older", "100")):
        AllowanceRate.objects.create(company=made.company, age=age, percent=D(percent))
    yield made
    must_be_in_order(made)
    for name, check in ALLOWANCES.items():
        assert check(made.company.pk) == [], name


def bill(trade, price="100", *, on=DAY, tax=None, customer=None) -> CustomerInvoice:
    return trade.invoice(trade.line("1", price, kind="service", tax=tax), on=on, payment_term_id=None, customer_id=(customer or trade.customer).pk)


def item(invoice) -> OpenItem:
    return OpenItem.objects.get(document_key=invoice.key, kind="invoice")


def post(trade, on=LATE) -> Allowance:
    return post_allowance(draft_allowance(company_id=trade.company.pk, as_of=on, actor=trade.actor), actor=trade.actor)


def write_off_entry() -> JournalEntry:
    return JournalEntry.objects.get(description__startswith="Write-off")


class TestRules:
    @pytest.mark.parametrize("days, age", [(-5, "not_due"), (0, "not_due"), (1, "to_30"), (30, "to_30"), (31, "to_60"), (90, "to_90"), (91, "older")])
    def test_ages(self, days, age):
        assert age_of(days) == age

    def test_the_tax_that_is_given_back_needs_no_allowance(self):
        one = assess(Risk(1, 1, "A", "I", 45, D(110), tax_share=D(10) / D(110), existing=D(5)), {"to_60": D(20)}, 2)
        assert (one.net, one.target, one.delta) == (100, 20, 15)

    def test_a_judged_item_has_its_own_percent_even_none(self):
        assert assess(Risk(1, 1, "A", "I", 200, D(100), named_percent=D(0)), {"older": D(100)}, 2).target == 0


class TestPosting:
    def test_O2C_14_allowance_booked(self, trade):
        bill(trade)

        allowance = post(trade)

        assert net_by_role(allowance.entry) == expected("O2C-14")
        assert (allowance.target, allowance.existing, allowance.delta) == (100, 0, 100)
        line = allowance.lines.get()
        assert (line.net, line.percent, "Over 90 days: 100 % of 100.00 without tax." in line.explanation) == (100, 100, True)

    def test_the_proposal_writes_nothing_and_is_what_is_posted(self, trade):
        bill(trade)
        bill(trade, "70", on=DAY + timedelta(days=90))
        before = JournalEntry.objects.count()
        shown = [(one.risk.item_id, one.target, one.risk.existing, one.delta) for one in assessment(trade.company.pk, LATE)]
        assert JournalEntry.objects.count() == before
        seen = preview(draft_allowance(company_id=trade.company.pk, as_of=LATE, actor=trade.actor), "post", actor=trade.actor)

        allowance = post(trade)

        assert shown == list(allowance.lines.order_by("position").values_list("item_id", "target", "existing", "delta"))
        assert [(debit, credit) for _account, debit, credit in seen.ledger] == [(allowance.delta, 0), (0, allowance.delta)]

    def test_the_next_period_posts_the_difference_alone(self, trade):
        young = bill(trade, "200", on=DAY + timedelta(days=100))
        old = bill(trade, "100")
        first = post(trade)
        assert set_aside(trade.company.pk) == {item(young).pk: D(10), item(old).pk: D(100)}
        trade.pay("110", on=LATER, allocations=[(item(old).pk, D(110))])

        second = post(trade, LATER)

        assert (first.delta, second.delta) == (110, D("-70"))
        assert set_aside(trade.company.pk) == {item(young).pk: D(40)}
        assert net_by_role(second.entry) == {"BAD_DEBT": D(-70), "ALLOWANCE_BAD_DEBT": D(70)}
        assert "released" in second.lines.get(item=item(old)).explanation

    def test_an_item_judged_by_itself(self, trade):
        invoice = bill(trade, on=LATE - timedelta(days=5))
        name_risk(item=item(invoice), percent=D(80), reason="Insolvency", actor=trade.actor)
        name_risk(item=item(invoice), percent=D(90), reason="Insolvency, no assets", actor=trade.actor)

        line = post(trade).lines.get()

        assert (line.target, "Insolvency, no assets" in line.explanation, NamedRisk.objects.count()) == (90, True, 1)

    def test_reversing_gives_back_exactly_what_it_set_aside(self, trade):
        bill(trade)
        allowance = reverse_allowance(post(trade), actor=trade.actor, on=LATER)

        assert net_of(net_by_role(allowance.entry), net_by_role(allowance.reversal)) == {}
        assert set_aside(trade.company.pk) == {}
        assert post(trade).delta == 100


class TestUsing:
    def test_O2C_15_allowance_used(self, trade):
        invoice = bill(trade, tax=trade.no_tax)
        post(trade)

        write_off(invoice, actor=trade.actor, on=LATER)

        assert net_by_role(write_off_entry()) == expected("O2C-15")
        assert set_aside(trade.company.pk) == {}

    def test_O2C_15_with_the_tax_relief_of_O2C_13(self, trade):
        invoice = bill(trade)
        post(trade)

        write_off(invoice, actor=trade.actor, on=LATER)

        relief = {"OUTPUT_TAX": D(10), "AR": D(-10)}
        assert net_by_role(write_off_entry()) == net_of(expected("O2C-15"), relief)

    def test_what_is_not_covered_is_bad_debt_of_the_day_and_what_was_too_much_lowers_it(self, trade):
        half, more = bill(trade, "100", on=LATE - timedelta(days=45)), bill(trade, "100")
        post(trade)
        write_off(half, actor=trade.actor, on=LATER)
        assert net_by_role(write_off_entry()) == {"ALLOWANCE_BAD_DEBT": 20, "BAD_DEBT": 80, "OUTPUT_TAX": 10, "AR": -110}
        trade.pay("55", on=LATER, allocations=[(item(more).pk, D(55))])

        write_off(more, actor=trade.actor, on=LATER)

        entry = JournalEntry.objects.filter(description__startswith="Write-off").order_by("-pk").first()
        assert net_by_role(entry) == {"ALLOWANCE_BAD_DEBT": 100, "BAD_DEBT": -50, "OUTPUT_TAX": 5, "AR": -55}
        assert set_aside(trade.company.pk) == {}


class TestRecovering:
    def test_recovery_is_the_mirror_of_O2C_13_with_BANK_for_AR(self, trade):
        invoice = write_off(trade.invoice(trade.line("5", "20", kind="service")), actor=trade.actor, on=DAY)
        payment = trade.pay("110", on=LATE, allocations=(), on_statement=True)

        done = recover_bad_debt(invoice, actor=trade.actor, on=LATE)

        recovered = JournalEntry.objects.get(description__startswith="Recovery")
        mirror = {("BANK" if role == "AR" else role): amount for role, amount in expected("O2C-13", mirror=True).items()}
        assert net_of(net_by_role(payment.entry), net_by_role(recovered)) == mirror
        assert done.payment_status == "written_off"
        assert all(one.open_amount == 0 for one in OpenItem.objects.all())

    def test_in_parts_and_never_more_than_was_lost(self, trade):
        invoice = write_off(trade.invoice(trade.line("5", "20", kind="service")), actor=trade.actor, on=DAY)
        recover_bad_debt(invoice, actor=trade.actor, on=LATE, amount=D(44))
        assert net_by_role(JournalEntry.objects.get(description__startswith="Recovery")) == {"AR": 44, "BAD_DEBT": -40, "OUTPUT_TAX": -4}

        with pytest.raises(Refusal) as refusal:
            recover_bad_debt(invoice, actor=trade.actor, on=LATE, amount=D("66.01"))
        assert (refusal.value.code, refusal.value.field) == ("more_than_written_off", "amount")
        recover_bad_debt(invoice, actor=trade.actor, on=LATE)
        assert sum(OpenItem.objects.filter(kind="recovery").values_list("amount", flat=True)) == 110

    def test_what_was_never_written_off_is_not_recovered(self, trade):
        with pytest.raises(Refusal) as refusal:
            recover_bad_debt(bill(trade), actor=trade.actor)
        assert refusal.value.code == "nothing_written_off"


class TestRefused:
    def test_nothing_to_post(self, trade):
        with pytest.raises(Refusal) as refusal:
            post(trade)
        assert refusal.value.code == "nothing_to_post"

    def test_twice(self, trade):
        bill(trade)
        allowance = post(trade)
        with pytest.raises(TransitionNotAllowed):
            post_allowance(allowance, actor=trade.actor)
        with pytest.raises(Refusal) as refusal:
            post(trade)
        assert (refusal.value.code, Allowance.objects.filter(status="posted").count()) == ("later_allowance", 1)

    def test_before_a_later_one(self, trade):
        bill(trade)
        post(trade, LATER)
        with pytest.raises(Refusal) as refusal:
            post(trade, LATE)
        assert refusal.value.code == "later_allowance"

    def test_reversing_what_was_used(self, trade):
        invoice = bill(trade)
        allowance = post(trade)
        write_off(invoice, actor=trade.actor, on=LATER)
        with pytest.raises(Refusal) as refusal:
            reverse_allowance(allowance, actor=trade.actor, on=LATER)
        assert refusal.value.code == "allowance_used"

    def test_a_closed_period_and_a_day_to_come(self, trade):
        bill(trade)
        with pytest.raises(Refusal) as refusal:
            draft_allowance(company_id=trade.company.pk, as_of=date(2099, 1, 1), actor=trade.actor)
        assert refusal.value.field == "as_of"
        Period.objects.filter(company=trade.company, starts_on__lte=LATE, ends_on__gte=LATE).update(status="closed")
        with pytest.raises(Refusal) as refusal:
            post(trade)
        assert refusal.value.code == "period_open" and set_aside(trade.company.pk) == {}

    def test_by_hand_nobody_posts_to_the_account(self, trade):
        account = Account.objects.get(company=trade.company, code="1190")
        with pytest.raises(IntegrityError, match="differs by 5.000 from its sub-ledger"), transaction.atomic():
            post_entry(company_id=trade.company.pk, journal_kind="general", ledger_date=LATE, description="By hand", actor=trade.actor, lines=[
                EntryLine(account_id=account.pk, amount=D(5)), EntryLine(account_id=trade.bank.account_id, amount=D(-5))])
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")

    def test_a_risk_without_a_reason(self, trade):
        with pytest.raises(Refusal) as refusal:
            name_risk(item=item(bill(trade)), percent=D(50), reason=" ", actor=trade.actor)
        assert (refusal.value.field, NamedRisk.objects.count()) == ("reason", 0)


class TestPages:
    def test_from_the_proposal_to_the_entry(self, trade):
        bill(trade)
        client = Client()
        client.force_login(trade.actor)
        page = client.get(reverse("erp:report_allowance_proposal"), {"on": LATE.isoformat()})
        assert b"Set this aside" in page.content and b"Over 90 days" in page.content
        answer = client.post(reverse("erp:start_allowance"), {"on": LATE.isoformat()}, follow=True)
        assert answer.status_code == 200 and b"1190" in answer.content
        client.post(reverse("erp:allowance_transition", args=[Allowance.objects.get().pk, "post"]))
        assert Allowance.objects.get().delta == 100

    def test_an_auditor_only_looks(self, trade):
        client = Client()
        client.force_login(make_user(trade.company, "auditor"))
        assert client.get(reverse("erp:report_allowance_proposal")).status_code == 200
        assert client.post(reverse("erp:start_allowance"), {"on": LATE.isoformat()}).status_code == 403
