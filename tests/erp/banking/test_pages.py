"""Loading and matching in the browser's terms: what the pages show, what they do, what they say when something is wrong."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from erp.banking.models import BankRule, BankStatement, StatementLine
from erp.banking.services import enter_statement_line
from erp.ledger.models import AccountAssignment
from tests.factories.base import make_user
from tests.factories.statements import DAY, IBAN, camt
from tests.factories.trade import Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def trade():
    trade = Trade(stock=())
    trade.bank.iban = IBAN
    trade.bank.save()
    trade.client = signed_in(trade, "finance")
    return trade


def signed_in(trade, role):
    client = Client(raise_request_exception=True)
    client.force_login(make_user(trade.company, role))
    return client


def upload(client, content, **values):
    return client.post(reverse("erp:load_statements"), {"file": SimpleUploadedFile("bank.xml", content), **values})


def line(trade, amount, text="", **values):
    return enter_statement_line(bank_account=trade.bank, booked_on=DAY, amount=Decimal(amount), actor=trade.actor, text=text, **values)


def act(trade, **values):
    return trade.client.post(reverse("erp:reconcile"), values)


def test_a_file_is_loaded_and_loaded_again(trade):
    first = upload(trade.client, camt([(10, "x")], closing="12.00"))
    again = upload(trade.client, camt([(10, "x")], closing="12.00"))

    assert first.status_code == 200 and "difference is -2.00" in first.content.decode()
    assert "nothing has changed" in again.content.decode()
    assert BankStatement.objects.count() == 1


def test_a_wrong_file_is_refused_at_its_field(trade):
    answer = upload(trade.client, camt([(10, "x")]), bank_account=trade.bank.pk)
    assert answer.status_code == 200
    wrong = upload(trade.client, camt([(10, "x")], iban="DE02120300000000202051"), bank_account=trade.bank.pk)
    junk = upload(trade.client, b"<a/>")

    assert (wrong.status_code, junk.status_code) == (422, 422)
    assert "not of Bank" in wrong.context["form"].errors["bank_account"][0]
    assert "nothing of the file was taken" in junk.context["form"].errors["file"][0]
    assert BankStatement.objects.count() == 1


def test_the_best_proposal_is_accepted_and_remembered(trade):
    invoice = trade.invoice(trade.line("1", "100", kind="service", tax=trade.no_tax))
    made = line(trade, "100", f"Invoice {invoice.number}")
    page = trade.client.get(reverse("erp:reconcile"))
    offer = page.context["offers"][0]
    assert invoice.number in page.content.decode() and str(offer.proposal.score) in page.content.decode()

    answer = act(trade, do="accept", line=made.pk, offer=offer.key)

    made.refresh_from_db()
    assert (answer.status_code, made.status, made.is_unaided, made.score) == (302, "matched", False, offer.proposal.score)
    assert trade.client.get(reverse("erp:reconcile")).context["progress"].open_lines == 0


def test_a_proposal_that_changed_is_refused(trade):
    made = line(trade, "-3", "fee")

    answer = act(trade, do="accept", line=made.pk, offer="0" * 16)

    made.refresh_from_db()
    assert (answer.status_code, made.status) == (422, "open")


def test_an_account_makes_a_rule_and_both_at_once_are_refused(trade):
    made, account = line(trade, "-3", "monthly subscription"), expenses(trade)
    both = act(trade, do="explain", line=made.pk, account=account, party=trade.customer.pk)
    assert both.status_code == 422 and "Choose an account, or a customer or supplier" in both.content.decode()

    assert act(trade, do="explain", line=made.pk, account=account, remember="on").status_code == 302

    assert BankRule.objects.get().pattern == "monthly subscription"


def expenses(trade):
    return AccountAssignment.objects.get(company=trade.company, role="EXPENSE").account_id


def test_a_split_says_when_its_parts_do_not_make_the_line(trade):
    made, account = line(trade, "100"), expenses(trade)
    parts = {"part1-amount": "60", "part1-account": account, "part2-amount": "30", "part2-party": trade.customer.pk}

    short = act(trade, do="split", line=made.pk, **parts)
    done = act(trade, do="split", line=made.pk, **{**parts, "part2-amount": "40"})

    assert short.status_code == 422 and "The parts make 90" in short.content.decode()
    assert done.status_code == 302
    assert sorted(made.parts.values_list("amount", flat=True)) == [40, 60]
    assert act(trade, do="undo", line=made.pk).status_code == 302
    assert StatementLine.objects.get().status == "open"


def test_other_companies_lines_and_accounts_do_not_exist(trade):
    other = Trade(stock=(), code="OTHER")
    made = line(other, "5")

    assert act(trade, do="accept", line=made.pk, offer="x").status_code == 404
    assert trade.client.get(f"{reverse('erp:reconcile')}?line={made.pk}").status_code == 404
    assert trade.client.get(f"{reverse('erp:reconcile')}?account={other.bank.pk}").status_code == 404
    assert upload(trade.client, camt([(1, "x")]), bank_account=other.bank.pk).status_code == 422


def test_an_auditor_looks_and_touches_nothing(trade):
    made = line(trade, "-3", "fee")
    auditor = signed_in(trade, "auditor")

    assert auditor.get(reverse("erp:reconcile")).status_code == 200
    assert auditor.post(reverse("erp:reconcile"), {"do": "accept", "line": made.pk}).status_code == 403
    assert upload(auditor, camt([(1, "x")])).status_code == 403


def test_the_api_takes_files(trade):
    address = "/api/v1/erp/load-statements/"
    answer = trade.client.post(address, {"file": SimpleUploadedFile("bank.xml", camt([(10, "x")]))})
    wrong = trade.client.post(address, {"file": SimpleUploadedFile("bank.xml", b"junk")})

    assert answer.status_code == 200 and answer.json()[0]["new_lines"] == 1
    assert wrong.status_code == 422 and wrong.json()["code"] == "statement_unreadable"


@pytest.mark.parametrize("rows", [1, 40])
def test_the_page_asks_the_same_number_of_questions(trade, rows, django_assert_max_num_queries):
    for number in range(rows):
        line(trade, str(-number - 1), f"text {number}", external_id=f"x{number}")
    trade.client.get(reverse("erp:reconcile"))

    with django_assert_max_num_queries(32):
        trade.client.get(reverse("erp:reconcile"))
