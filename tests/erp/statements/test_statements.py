"""Statements of account for all customers with a balance: made at once, printed as the account stood, sent by mail."""

from datetime import date, timedelta
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from erp.dunning.services import waive_charges
from erp.receivables.reports import customer_statement
from erp.statements.models import AccountStatement, StatementRun
from erp.statements.printouts import print_account_statement
from erp.statements.services import make_statements, send_statement
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.mail.models import OutgoingMail
from suite.kernel.parties.models import Party
from tests.erp.receivables.conftest import must_be_in_order
from tests.factories.overdue import ISSUED, Overdue

LATE = ISSUED + timedelta(days=40)


@pytest.fixture
def trade(db):
    made = Overdue()
    yield made
    must_be_in_order(made)


def make(trade, on=LATE, **values) -> StatementRun:
    return make_statements(save_record(StatementRun(company=trade.company, as_of=on, **values), actor=trade.actor), actor=trade.actor)


def words(statement) -> str:
    pages = PdfReader(BytesIO(print_account_statement(statement).content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_one_for_every_customer_with_a_balance(trade):
    trade.bill()
    paid, young = trade.another(), trade.another()
    invoice = trade.bill("50", customer=paid)
    trade.pay("55", customer=paid, on=LATE - timedelta(days=1), allocations=[(trade.item(invoice).pk, D(55))])
    trade.bill("70", customer=young, on=LATE)

    run = make(trade)

    assert (run.number_of_statements, run.balance) == (2, 187)
    assert {(one.customer_id, one.balance, one.overdue) for one in run.statements.all()} == {(trade.customer.pk, 110, 110), (young.pk, 77, 0)}
    assert make(trade, only_overdue=True).number_of_statements == 1


def test_shows_the_account_as_it_stood_then(trade):
    invoice = trade.bill()
    trade.pay("60", on=LATE + timedelta(days=1), allocations=[(trade.item(invoice).pk, D(60))])

    statement = make(trade).statements.get()

    assert (statement.balance, "110.00 EUR" in words(statement)) == (110, True)


def test_agrees_with_dunning_fees_and_with_the_account_on_screen(trade):
    trade.bill()
    run = trade.dun_to(2)[-1]
    statement = make(trade).statements.get()
    shown = customer_statement(company_id=trade.company.pk, customer=trade.customer, starts_on=ISSUED, ends_on=LATE)

    assert statement.balance == D("115.67") == shown.totals["balance"]
    for text in ("Dunning fee", "Interest on arrears", "5.00", "0.67", "115.67 EUR"):
        assert text in words(statement), text
    waive_charges(run.notices.get(), actor=trade.actor, reason="Agreed", on=LATE)
    assert make(trade).statements.get().balance == 110


def test_each_leaves_by_mail_and_stays_with_its_record(trade):
    Party.objects.filter(pk=trade.customer.pk).update(email="books@example.org", language="de")
    trade.bill()

    sent = send_statement(make(trade).statements.get(), actor=trade.actor)

    mail = OutgoingMail.objects.get()
    assert (sent.status, mail.to, mail.record, mail.attachment.media_type) == ("sent", "books@example.org", sent, "application/pdf")


def test_all_of_a_run_are_a_followed_bulk_action(trade):
    Party.objects.filter(pk=trade.customer.pk).update(email="books@example.org")
    trade.bill()
    trade.bill(customer=trade.another(email=""))
    run = make(trade)
    client = Client()
    client.force_login(trade.actor)

    answer = client.post(reverse("erp:send_statements", args=[run.pk]))

    assert "/integration/bulk/" in answer.url
    assert sorted(run.statements.values_list("status", flat=True)) == ["made", "sent"]
    assert b"waiting: 1" in client.get(reverse("erp:statementrun_detail", args=[run.pk])).content


def test_is_refused(trade):
    with pytest.raises(Refusal) as refusal:
        make(trade, date(2099, 1, 1))
    assert refusal.value.code == "future"
    with pytest.raises(Refusal) as refusal:
        make(trade)
    assert (refusal.value.code, AccountStatement.objects.count()) == ("nobody", 0)
    trade.bill()
    with pytest.raises(TransitionNotAllowed):
        make_statements(make(trade), actor=trade.actor)
