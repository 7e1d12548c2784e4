"""Lines become parts, are undone, and statements are proven against the ledger."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from erp.banking.invariants import check_parts, check_proofs
from erp.banking.matching.facts import facts_for
from erp.banking.matching.scoring import proposals_for
from erp.banking.models import BankAccount, BankRule, StatementLine, StatementMatch
from erp.banking.selectors import offers_for
from erp.banking.services import (
    PartInput,
    enter_statement_line,
    load_statements,
    match_statement,
    match_statement_line,
    prove_statement,
    reconcile_statement,
    reopen_statement,
    unmatch_statement_line,
)
from erp.ledger.models import Account, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.services import post_entry
from erp.receivables.services import draft_payment, post_payment
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_customer
from tests.factories.books import net_by_role
from tests.factories.statements import DAY, IBAN, camt
from tests.factories.trade import Trade
from tests.golden.postings import expected

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
D = Decimal


@pytest.fixture
def trade():
    trade = Trade(stock=())
    trade.bank.iban = IBAN
    trade.bank.save()
    account = Account.objects.create(company=trade.company, code="1011", name="Savings", type="asset")
    trade.savings = BankAccount.objects.create(
        company=trade.company, code="SAVE", name="Savings", iban="DE02120300000000202051", account=account, journal=trade.bank.journal, currency_id="EUR",
    )
    return trade


def line(trade, amount, text="", bank=None, on=DAY, **values):
    made = enter_statement_line(bank_account=bank or trade.bank, booked_on=on, amount=D(amount), actor=trade.actor, text=text)
    StatementLine.objects.filter(pk=made.pk).update(**values)
    made.refresh_from_db()
    return made


def service(trade, price="100", **values):
    return trade.invoice(trade.line("1", price, kind="service", tax=trade.no_tax), **values)


def load(trade, lines, **values):
    return load_statements(company_id=trade.company.pk, content=camt(lines, **values), file_name="f.xml", actor=trade.actor)[0].statement


def best(made):
    return proposals_for(made, facts_for(made.company_id, [made]))[0]


def account(trade, code):
    return Account.objects.get(company=trade.company, code=code)


def test_a_transfer_between_own_accounts_BNK_2a_BNK_2b(trade):
    out = line(trade, "-200", "to savings", counterparty_iban=trade.savings.iban)
    into = line(trade, "200", "from current", bank=trade.savings, on=DAY + timedelta(days=1))

    first = match_statement_line(out, actor=trade.actor, parts=best(out).parts)
    second = match_statement_line(into, actor=trade.actor, parts=best(into).parts)

    assert net_by_role(first.entry) == expected("BNK-2a")
    assert net_by_role(second.entry) == {"1011": D(200), "TRANSFER_CLEARING": D(-200)}
    assert expected("BNK-2b") == {"BANK": D(200), "TRANSFER_CLEARING": D(-200)}
    assert net_by_role(first.entry, second.entry) == {"BANK": D(-200), "1011": D(200)}


def test_a_bank_fee_is_proposed_and_booked_BNK_1(trade):
    made = line(trade, "-3", "Account maintenance fee")
    assert best(made).kind == "account"

    assert net_by_role(match_statement_line(made, actor=trade.actor, parts=best(made).parts).entry) == expected("BNK-1")


def test_a_card_payout_of_several_payments_less_the_fee_BNK_3(trade):
    payments = [
        post_payment(draft_payment(
            company_id=trade.company.pk, customer_id=trade.customer.pk, bank_account_id=trade.bank.pk, amount=D(amount), paid_on=DAY, currency_id="EUR",
            method="card", actor=trade.actor,
        ), actor=trade.actor) for amount in ("60", "50")
    ]
    made = line(trade, "106.70", "Card settlement", on=DAY + timedelta(days=2))

    matched = match_statement_line(made, actor=trade.actor, parts=best(made).parts)

    assert net_by_role(matched.entry) == expected("BNK-3")
    assert {row.payment_id for row in matched.parts.all()} == {payment.pk for payment in payments}
    assert sum(row.fee for row in matched.parts.all()) == D("3.30")


def test_split_over_an_invoice_a_fee_and_a_customer(trade):
    invoice, other = service(trade), make_customer(trade.company, "Other")

    matched = match_statement_line(line(trade, "145"), actor=trade.actor, parts=[
        PartInput(D(100), party_id=trade.customer.pk, allocations=((trade.items(invoice)[0].pk, D(100)),)),
        PartInput(D(-5), account_id=account(trade, "6900").pk if Account.objects.filter(code="6900").exists() else fees(trade)),
        PartInput(D(50), party_id=other.pk),
    ])

    assert trade.open(invoice) == 0
    assert [row.kind for row in matched.parts.order_by("position")] == ["receipt", "account", "receipt"]
    entries = [row.entry for row in matched.parts.all()]
    assert net_by_role(*entries)["BANK"] == 145
    assert check_parts() == []


def fees(trade):
    return facts_for(trade.company.pk, []).fees


@pytest.mark.parametrize(("amounts", "code"), [(("60", "30"), "parts_differ"), ((), "parts_differ")])
def test_parts_that_do_not_make_the_line_are_refused(trade, amounts, code):
    made = line(trade, "100")
    before = JournalEntry.objects.count()

    with pytest.raises(Refusal) as refusal:
        match_statement_line(made, actor=trade.actor, parts=[PartInput(D(one), account_id=fees(trade)) for one in amounts])

    assert refusal.value.code == code
    assert (JournalEntry.objects.count(), StatementMatch.objects.count()) == (before, 0)


def test_a_line_pays_part_of_an_invoice(trade):
    invoice = service(trade)
    made = line(trade, "40", f"part of {invoice.number}", counterparty_name=trade.customer.name)

    proposal = best(made)
    match_statement_line(made, actor=trade.actor, parts=proposal.parts)

    assert trade.open(invoice) == 60
    assert proposal.score >= 80 and any("40" in reason for reason in proposal.reasons)


def test_undo_opens_everything_again(trade):
    invoice = service(trade)
    waiting = trade.pay("30", allocations=())
    made = match_statement_line(line(trade, "127"), actor=trade.actor, parts=[
        PartInput(D(100), party_id=trade.customer.pk, allocations=((trade.items(invoice)[0].pk, D(100)),)),
        PartInput(D(27), payment_id=waiting.pk),
    ])

    opened = unmatch_statement_line(made, actor=trade.actor)

    waiting.refresh_from_db()
    assert (opened.status, opened.entry, opened.payment, opened.parts.count(), waiting.status) == ("open", None, None, 0, "posted")
    assert trade.items(invoice)[0].open_amount == 100
    assert net_by_role(*JournalEntry.objects.filter(company=trade.company)) == {"AR": D(70), "OUTSTANDING_RECEIPTS": D(30), "REVENUE": D(-100)}
    again = match_statement_line(opened, actor=trade.actor, parts=[PartInput(D(100), party_id=trade.customer.pk), PartInput(D(27), payment_id=waiting.pk)])
    assert (again.status, trade.items(invoice)[0].open_amount) == ("matched", 0)


def test_undo_in_a_closed_period_needs_a_later_day_and_books_there_again(trade):
    made = match_statement_line(line(trade, "-3"), actor=trade.actor, account_role="BANK_FEES")
    Period.objects.filter(company=trade.company, starts_on__lte=DAY, ends_on__gte=DAY).update(status="closed")
    trade.actor = type(trade.actor).objects.get(pk=trade.actor.pk)
    with pytest.raises(Refusal) as refusal:
        unmatch_statement_line(made, actor=trade.actor)
    assert refusal.value.code in ("period_open", "period_soft_closed")

    later = date(2026, 4, 1)
    opened = unmatch_statement_line(made, actor=trade.actor, on=later)

    again = match_statement_line(opened, actor=trade.actor, account_role="SUSPENSE")
    assert (again.entry.ledger_date, again.booked_on) == (later, DAY)


def test_a_statement_is_reconciled_only_when_proven(trade):
    service(trade)
    statement = load(trade, [(100, "x"), (-3, "Fee")], opening="500.00")
    with pytest.raises(Refusal) as refusal:
        reconcile_statement(statement, actor=trade.actor)
    assert refusal.value.code == "lines_open"
    first, second = statement.lines.order_by("position")
    match_statement_line(first, actor=trade.actor, parts=[PartInput(D(100), party_id=trade.customer.pk)])
    statement.refresh_from_db()
    assert statement.status == "partially_matched"
    match_statement_line(second, actor=trade.actor, account_role="BANK_FEES")
    with pytest.raises(Refusal) as refusal:
        reconcile_statement(statement, actor=trade.actor)
    assert refusal.value.code == "closing_balance_differs" and "500" in refusal.value.message

    post_entry(
        company_id=trade.company.pk, journal_kind="opening", ledger_date=date(2026, 1, 1), description="Opening", actor=trade.actor,
        lines=[EntryLine(account_id=trade.bank.account_id, amount=D(500)), EntryLine(AccountRole.SHARE_CAPITAL, amount=D(-500))],
    )
    statement = reconcile_statement(statement, actor=trade.actor)

    assert (statement.status, prove_statement(statement).difference) == ("reconciled", 0)
    with pytest.raises(Refusal) as refusal:
        unmatch_statement_line(first, actor=trade.actor)
    assert refusal.value.code == "statement_reconciled"
    assert check_proofs() == []
    post_entry(
        company_id=trade.company.pk, journal_kind="general", ledger_date=DAY, description="Behind the bank's back", actor=trade.actor,
        lines=[EntryLine(account_id=trade.bank.account_id, amount=D(7)), EntryLine(AccountRole.SUSPENSE, amount=D(-7))],
    )
    assert "597" in check_proofs()[0] and "604" in check_proofs()[0]
    assert reopen_statement(statement, actor=trade.actor, reason="checked again").status == "partially_matched"
    assert unmatch_statement_line(first, actor=trade.actor).status == "open"


def test_two_statements_of_one_day_are_proven_each(trade):
    one = load(trade, [(10, "a")], number="1")
    two = load(trade, [(5, "b")], number="2", opening="10.00")
    for made in StatementLine.objects.all():
        match_statement_line(made, actor=trade.actor, account_role="SUSPENSE")

    for statement in (one, two):
        statement.refresh_from_db()
        assert reconcile_statement(statement, actor=trade.actor).status == "reconciled"


def test_a_statement_that_does_not_add_up_is_never_reconciled(trade):
    statement = load(trade, [(10, "a")], closing="11.00")
    match_statement_line(statement.lines.get(), actor=trade.actor, account_role="SUSPENSE")
    statement.refresh_from_db()

    with pytest.raises(Refusal) as refusal:
        reconcile_statement(statement, actor=trade.actor)

    assert refusal.value.code == "does_not_add_up"


def test_what_is_clear_is_matched_and_says_why(trade):
    invoice = service(trade)
    statement = load(trade, [(100, f"Invoice {invoice.number}", trade.customer.name), (77, "who is this"), (-3, "Kontoführung Gebühr")])

    match_statement(statement, actor=trade.actor)

    found = {made.amount: made for made in statement.lines.all()}
    assert (found[100].status, found[77].status, found[-3].status) == ("matched", "open", "matched")
    assert found[100].is_unaided and invoice.number in found[100].reasons and found[100].score >= 80
    assert trade.open(invoice) == 0


def test_two_equal_candidates_wait_for_a_person(trade):
    service(trade), service(trade)
    statement = load(trade, [(100, "thanks", trade.customer.name)])

    match_statement(statement, actor=trade.actor)

    assert statement.lines.get().status == "open"


def test_rules_learn_who_pays_from_an_account(trade):
    made = line(trade, "10", "hello", counterparty_iban="DE12500105170648489890", counterparty_name="Holding Twelve")
    match_statement_line(made, actor=trade.actor, parts=[PartInput(D(10), party_id=trade.customer.pk)], remember=True)
    service(trade, "250")

    again = best(line(trade, "250", "no number", counterparty_iban="DE12 5001 0517 0648 4898 90"))

    assert {rule.sign for rule in BankRule.objects.filter(party=trade.customer)} == {"iban", "name"}
    assert again.score >= 80 and again.parts[0].party_id == trade.customer.pk


def test_rules_learn_accounts_and_are_unlearned(trade):
    rent, other = account(trade, "6100"), fees(trade)
    scores = []
    for month in range(3):
        made = line(trade, "-800", f"Rent office 0{month}/2026", counterparty_name="")
        scores.append(max((one.score for one in proposals_for(made, facts_for(made.company_id, [made])) if one.parts[0].account_id == rent.pk), default=0))
        match_statement_line(made, actor=trade.actor, account_id=rent.pk, remember=True)
    rule = BankRule.objects.get()
    assert (scores, rule.confirmations, rule.pattern, rule.direction) == ([0, 70, 82], 3, "rent office", "out")

    for _time in range(3):
        match_statement_line(line(trade, "-800", "Rent office"), actor=trade.actor, account_id=other, remember=True)

    assert BankRule.objects.get().account_id == other


def test_money_that_is_in_the_books_already_is_linked_not_booked_again(trade):
    entry = post_entry(
        company_id=trade.company.pk, journal_kind="general", ledger_date=DAY, description="Loan paid out", actor=trade.actor,
        lines=[EntryLine(account_id=trade.bank.account_id, amount=D(5000)), EntryLine(AccountRole.SUSPENSE, amount=D(-5000))],
    )
    made = line(trade, "5000", "Loan")
    before = JournalEntry.objects.count()

    matched = match_statement_line(made, actor=trade.actor, parts=best(made).parts)

    assert (matched.entry_id, JournalEntry.objects.count()) == (entry.pk, before)
    with pytest.raises(Refusal) as refusal:
        match_statement_line(line(trade, "5000"), actor=trade.actor, parts=[PartInput(D(5000), entry_id=entry.pk)])
    assert refusal.value.code == "entry_does_not_fit"


def test_a_page_proposes_the_same_from_few_rows(trade):
    invoice = service(trade)
    made = line(trade, "100", f"INV {invoice.number[4:].replace('-', ' ')}")

    assert [offer.proposal.what for offer in offers_for(made)] == [one.what for one in proposals_for(made, facts_for(made.company_id, [made]))]
