"""Suppliers on the bank statement: payments found on it, bills paid straight, refunds, advances, discounts, splits; and every match undone."""

from datetime import date
from decimal import Decimal

import pytest

from erp.banking.invariants import INVARIANTS as BANKING
from erp.banking.matching.facts import facts_for
from erp.banking.matching.scoring import proposals_for
from erp.banking.models import StatementLine
from erp.banking.rules import PartInput
from erp.banking.services import enter_statement_line, match_statement_line, unmatch_statement_line
from erp.banking.services.unaided import match_unaided
from erp.currencies.invariants import check_currencies
from erp.ledger.models import JournalEntry, JournalLine
from erp.payables.services import credit_bill, draft_supplier_payment, mark_supplier_payment_matched, post_bill
from suite.kernel.documents.errors import Refusal
from tests.erp.payables.conftest import LEDGER, PAYABLES, RECEIVABLES
from tests.erp.payables.test_postings_in_currency import discounted
from tests.factories.books import net_by_role
from tests.factories.buying_abroad import BuyingAbroad
from tests.factories.currencies import rates
from tests.factories.payables import DAY, Buying, entry_of
from tests.golden.postings import expected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
LATER = date(2026, 3, 20)


def in_order(made):
    for name, check in {**LEDGER, **RECEIVABLES, **PAYABLES, **BANKING}.items():
        assert check(made.company.pk) == [], name
    assert check_currencies(made.company.pk) == []


@pytest.fixture
def buying():
    made = Buying()
    yield made
    in_order(made)


@pytest.fixture
def abroad():
    made = BuyingAbroad()
    rates(made.company, "EUR", {DAY: "1.10", LATER: "1.15"})
    yield made
    in_order(made)


def statement(buying, amount, *, on=DAY, account=None, **values):
    return enter_statement_line(bank_account=account or buying.bank, booked_on=on, amount=Decimal(amount), actor=buying.actor, **values)


def everything(buying):
    return net_by_role(*JournalEntry.objects.filter(company=buying.company))


def test_P2P_4(buying):
    buying.bill()
    payment = buying.pay("110")

    line = match_statement_line(statement(buying, "-110"), actor=buying.actor, supplier_payment_id=payment.pk)

    assert net_by_role(line.entry) == expected("P2P-4")
    payment.refresh_from_db()
    assert (payment.status, line.supplier_payment, line.party) == ("matched", payment, buying.supplier)


def test_P2P_3_straight_from_the_statement(buying):
    bill = buying.bill(reference="R-12345")

    line = match_statement_line(statement(buying, "-110", text="R-12345", party_id=buying.supplier.pk), actor=buying.actor)

    assert net_by_role(line.entry) == {"AP": 110, "BANK": -110}
    bill.refresh_from_db()
    assert (bill.payment_status, line.supplier_payment.status, line.supplier_payment.number) == ("paid", "matched", line.entry.number)


def test_found_on_the_statement_from_the_payment_posts_it(buying):
    payment = buying.pay("50", kind="advance")
    line = statement(buying, "-50")

    payment = mark_supplier_payment_matched(payment, actor=buying.actor, statement_line_id=line.pk)

    line.refresh_from_db()
    assert (payment.status, line.status, line.supplier_payment_id) == ("matched", "matched", payment.pk)
    assert net_by_role(line.entry) == {"OUTSTANDING_PAYMENTS": 50, "BANK": -50}


def test_a_transfer_that_cost_a_fee(buying):
    payment = buying.pay("50", kind="advance")

    line = match_statement_line(statement(buying, "-52.50"), actor=buying.actor, supplier_payment_id=payment.pk)

    assert net_by_role(line.entry) == {"OUTSTANDING_PAYMENTS": 50, "BANK_FEES": Decimal("2.5"), "BANK": Decimal("-52.5")}


@pytest.mark.parametrize("amount", ["-49", "50", "-101"])
def test_amounts_that_do_not_fit_are_refused(buying, amount):
    payment = buying.pay("50", kind="advance")
    line = statement(buying, amount)

    with pytest.raises(Refusal) as refused:
        match_statement_line(line, actor=buying.actor, supplier_payment_id=payment.pk)

    line.refresh_from_db()
    payment.refresh_from_db()
    assert (refused.value.code, line.status, payment.status) == ("amounts_differ", "open", "posted")


def test_a_payment_is_on_the_statement_once(buying):
    payment = buying.pay("50", kind="advance")
    match_statement_line(statement(buying, "-50"), actor=buying.actor, supplier_payment_id=payment.pk)
    other = statement(buying, "-50")

    with pytest.raises(Exception, match="not possible"):
        match_statement_line(other, actor=buying.actor, supplier_payment_id=payment.pk)


def test_a_part_of_a_bill_and_what_is_paid_above_it(buying):
    bill = buying.bill()
    item = buying.items(bill)[0].pk

    match_statement_line(statement(buying, "-40"), actor=buying.actor, parts=[
        PartInput(Decimal(-40), party_id=buying.supplier.pk, allocations=((item, Decimal(40)),))])
    assert buying.open(bill) == -70
    line = match_statement_line(statement(buying, "-100"), actor=buying.actor, parts=[
        PartInput(Decimal(-70), party_id=buying.supplier.pk, allocations=((item, Decimal(70)),)),
        PartInput(Decimal(-30), party_id=buying.supplier.pk, is_advance=True)])

    kinds = [part.supplier_payment.kind for part in line.parts.order_by("position")]
    assert (buying.open(bill), kinds) == (0, ["payment", "advance"])
    assert everything(buying)["SUPPLIER_ADVANCES"] == 30


def test_the_early_payment_discount_is_taken(buying):
    bill = buying.bill(reference="R-12345", payment_term_id=discounted(buying))
    statement(buying, "-104.50", on=LATER, text="R-12345", counterparty_name="Paper Mill")

    assert match_unaided(company_id=buying.company.pk, actor=buying.actor).matched == 1

    bill.refresh_from_db()
    assert (bill.payment_status, buying.open(bill)) == ("paid", 0)
    assert everything(buying)["PURCHASE_DISCOUNT"] == -5


def test_a_supplier_pays_back_what_it_credited(buying):
    bill = buying.bill()
    buying.pay("110", on_statement=True)
    note = post_bill(credit_bill(bill, actor=buying.actor, supplier_reference="C-1", issued_on=DAY).credit_note, actor=buying.actor)
    statement(buying, "110", on=LATER, text="credit note C-1", counterparty_name="Paper Mill")

    assert match_unaided(company_id=buying.company.pk, actor=buying.actor).matched == 1

    assert buying.open(note) == 0
    assert everything(buying) == {}


def test_a_supplier_is_known_by_its_account_and_its_number(buying):
    buying.payee()
    other = buying.make_supplier("Other Mill")
    bill = buying.bill(reference="2026-4711")
    buying.bill(reference="9", supplier=other)
    line = statement(buying, "-110", text="RE 2026-4711", on=LATER, counterparty_iban="DE89 3704 0044 0532 0130 00")

    best = proposals_for(line, facts_for(buying.company.pk, [line]))[0]

    assert best.parts == (PartInput(Decimal(-110), party_id=buying.supplier.pk, allocations=((buying.items(bill)[0].pk, Decimal(110)),), side="supplier"),)
    assert (best.score, len(best.reasons)) == (100, 4)


def test_a_rule_learns_a_supplier(buying):
    buying.bill()
    first = statement(buying, "-110", text="standing order", counterparty_name="PM Holding")
    match_statement_line(first, actor=buying.actor, parts=[PartInput(Decimal(-110), party_id=buying.supplier.pk)], remember=True)
    bill = buying.bill(reference="R-2")
    statement(buying, "-110", text="standing order", on=LATER, counterparty_name="PM Holding")

    assert match_unaided(company_id=buying.company.pk, actor=buying.actor).matched == 1

    assert buying.open(bill) == 0


def test_five_parts_of_every_kind_and_all_undone(buying):
    bill, paid = buying.bill(), buying.pay("20", kind="advance", allocations=())
    before = everything(buying)
    fees, expense = buying.account("BANK_FEES").pk, buying.account("EXPENSE").pk
    line = match_statement_line(statement(buying, "-173"), actor=buying.actor, parts=[
        PartInput(Decimal(-110), party_id=buying.supplier.pk), PartInput(Decimal(-20), supplier_payment_id=paid.pk),
        PartInput(Decimal(-3), account_id=fees), PartInput(Decimal(-30), party_id=buying.supplier.pk, is_advance=True),
        PartInput(Decimal(-10), account_id=expense)])
    assert (buying.open(bill), line.parts.count()) == (0, 5)

    line = unmatch_statement_line(line, actor=buying.actor)

    paid.refresh_from_db()
    assert (line.status, line.parts.count(), paid.status, buying.open(bill)) == ("open", 0, "posted", -110)
    assert everything(buying) == before


def test_a_bad_line_falls_out_alone_and_says_why(buying):
    bills = [buying.bill(reference=f"R-1000{n}") for n in range(4)]
    for bill in bills:
        statement(buying, "-110", text=bill.supplier_reference, counterparty_name="Paper Mill")
    third = StatementLine.objects.order_by("pk")[2]
    # Another payment bears the source that the third line's would have.
    draft_supplier_payment(
        company_id=buying.company.pk, supplier_id=buying.supplier.pk, bank_account_id=buying.bank.pk, amount=Decimal(1), paid_on=DAY, currency_id="EUR",
        actor=buying.actor, source_key=third.key)

    outcome = match_unaided(company_id=buying.company.pk, actor=buying.actor, batch=10)

    third.refresh_from_db()
    assert (outcome.matched, [line.pk for line, _why in outcome.refused]) == (3, [third.pk])
    assert third.status == "open"
    assert "source" in third.problem


def test_stopped_and_started_again_doubles_nothing(buying):
    for n in range(6):
        bill = buying.bill(reference=f"R-1000{n}")
        statement(buying, "-110", text=bill.supplier_reference, counterparty_name="Paper Mill")

    first = match_unaided(company_id=buying.company.pk, actor=buying.actor, batch=2, seconds=0)
    second = match_unaided(company_id=buying.company.pk, actor=buying.actor, batch=2)

    assert (first.matched, first.left, second.matched, second.left) == (2, 4, 4, 0)
    assert everything(buying)["BANK"] == -660


def test_a_euro_account_pays_a_dollar_bill(abroad):
    account = abroad.account_in("EUR", "1011")
    bill = abroad.bill_in("100", code="USD", reference="R-12345")
    statement(abroad, "-87.40", on=LATER, account=account, text="R-12345", counterparty_name="Paper Mill")

    assert match_unaided(company_id=abroad.company.pk, actor=abroad.actor).matched == 1

    bank = JournalLine.objects.get(account=account.account)
    assert (abroad.left(bill), bank.amount_currency, bank.credit) == ([(0, 0)], Decimal("-87.4"), Decimal("100.51"))
    assert everything(abroad)["FX_REALIZED_LOSS"] == Decimal("0.51")


def test_a_dollar_account_pays_a_euro_bill_and_it_is_undone(abroad):
    bill = abroad.bill_in(reference="R-12345")
    statement(abroad, "-114.20", on=LATER, text="R-12345", counterparty_name="Paper Mill")
    before = everything(abroad)
    assert match_unaided(company_id=abroad.company.pk, actor=abroad.actor).matched == 1
    assert abroad.left(bill) == [(0, 0)]
    assert everything(abroad) == {"EXPENSE": 110, "FX_REALIZED_LOSS": Decimal("4.2"), "BANK": Decimal("-114.2")}

    unmatch_statement_line(StatementLine.objects.get(status="matched"), actor=abroad.actor)

    assert abroad.left(bill) == [(-110, -100)]
    assert everything(abroad) == before


def test_a_payment_in_euros_found_on_the_dollar_account(abroad):
    abroad.bill_in()
    payment = abroad.send_money("100", on=DAY, on_statement=False)

    line = match_statement_line(statement(abroad, "-116", on=LATER), actor=abroad.actor, supplier_payment_id=payment.pk)

    assert net_by_role(line.entry) == {"OUTSTANDING_PAYMENTS": 110, "FX_REALIZED_LOSS": 6, "BANK": -116}
    assert net_by_role(entry_of(payment)) == {"AP": 110, "OUTSTANDING_PAYMENTS": -110}


def test_a_split_on_a_foreign_account_with_a_payment_among_the_parts(abroad):
    account = abroad.account_in("EUR", "1011")
    abroad.bill_in()
    payment = abroad.send_money("100", on=DAY, account=account, on_statement=False)

    line = match_statement_line(statement(abroad, "-102", on=LATER, account=account), actor=abroad.actor, parts=[
        PartInput(Decimal(-100), supplier_payment_id=payment.pk), PartInput(Decimal(-2), account_id=abroad.account("BANK_FEES").pk)])

    bank = JournalLine.objects.get(entry=line.entry, account=account.account)
    assert (bank.amount_currency, bank.credit) == (-102, Decimal("117.30"))
    unmatch_statement_line(line, actor=abroad.actor)
    assert sum(row.amount_currency for row in JournalLine.objects.filter(account=account.account)) == 0
