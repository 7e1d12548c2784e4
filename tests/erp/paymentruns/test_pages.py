"""The pages and the API of payment runs: what they show, do and refuse, and to whom."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from erp.paymentruns.models import PaymentBatch
from erp.paymentruns.services import exported_file
from tests.factories.payment_runs import IBANS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
PROPOSAL = "/erp/payment-proposal/"
API = "/api/v1/erp/payment-proposal/"


def signed_in(paying, role) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(paying.role(role))
    return client


@pytest.fixture
def clerk(paying):
    return signed_in(paying, "accountant")


def pick(paying, *pairs, **more):
    keys = [paying.item(document).pk for document, _amount in pairs]
    return {"pick": keys, "do": "propose", **{f"amount_{key}": amount for key, (_document, amount) in zip(keys, pairs, strict=True)}, **more}


class TestProposalPage:
    def test_shows_what_is_due_ticked_and_says_why_the_rest_is_not(self, paying, clerk):
        paying.bill()
        paying.bill(supplier=paying.make_supplier("Without"))

        text = clerk.get(PROPOSAL).content.decode()

        assert text.count("checked") == 1 and "No approved bank account" in text and "Paper Mill" in text

    def test_saves_what_is_ticked_with_the_amounts_typed(self, paying, clerk):
        first, second = paying.bill(), paying.bill(reference="R-2")

        answer = clerk.post(PROPOSAL, pick(paying, (first, "60,50"), (second, "110"), note="Please look"))

        batch = PaymentBatch.objects.get()
        assert answer.status_code == 302 and answer["Location"] == reverse("erp:paymentbatch_detail", args=[batch.pk])
        assert (batch.total, batch.note, batch.lines.count()) == (Decimal("170.50"), "Please look", 2)

    @pytest.mark.parametrize(("typed", "words"), [
        ("110.01", "110.00 are open on"), ("abc", "is no amount"), ("NaN", "is no amount"), ("", "is no amount"), ("-1", "above zero"),
    ])
    def test_a_wrong_amount_is_refused_at_its_row_and_kept(self, paying, clerk, typed, words):
        good, bad = paying.bill(), paying.bill(reference="R-2")

        answer = clerk.post(PROPOSAL, pick(paying, (good, "50"), (bad, typed)))

        text = answer.content.decode()
        assert answer.status_code == 422 and words in text and 'role="alert"' in text
        assert f'name="amount_{paying.item(good).pk}" value="50"' in text
        assert not PaymentBatch.objects.exists()

    def test_nothing_ticked_and_an_item_gone_meanwhile(self, paying, clerk):
        bill = paying.bill()
        data = pick(paying, (bill, "110"))
        assert clerk.post(PROPOSAL, {"do": "propose"}).status_code == 422
        paying.pay("110")

        answer = clerk.post(PROPOSAL, data)

        assert answer.status_code == 422 and "is not open any more" in answer.content.decode()

    def test_a_day_that_has_passed_is_refused_at_its_field(self, paying, clerk):
        paying.bill()

        answer = clerk.get(f"{PROPOSAL}?execute_on=2026-01-01")

        assert "has passed" in answer.content.decode() and "data-run" not in answer.content.decode()
        assert clerk.post(f"{PROPOSAL}?execute_on=2026-01-01", {"do": "propose"}).status_code == 422

    def test_preview_shows_the_postings_and_saves_nothing(self, paying, clerk):
        bill = paying.bill()

        text = clerk.post(PROPOSAL, pick(paying, (bill, "60"), do="preview")).content.decode()

        assert "Payments not yet on the statement" in text and "Status afterwards" in text
        assert not PaymentBatch.objects.exists()

    def test_only_who_may_propose_gets_in(self, paying):
        assert signed_in(paying, "auditor").get(PROPOSAL).status_code == 403
        assert signed_in(paying, "sales").get(PROPOSAL).status_code == 403
        assert Client().get(PROPOSAL).status_code == 302


class TestRoles:
    def test_accountant_proposes_controller_approves_treasurer_sends(self, paying):
        batch = paying.batch((paying.bill(), "110"))
        accountant, controller, treasurer, auditor = (signed_in(paying, role) for role in ("accountant", "controller", "treasurer", "auditor"))
        address = f"/erp/payment-batches/{batch.pk}"

        for client in (accountant, treasurer, auditor):
            assert client.post(f"{address}/approve/").status_code == 403
        assert controller.post(f"{address}/approve/").status_code == 302
        for client in (accountant, controller, auditor):
            assert client.post(f"{address}/export/").status_code == 403
        assert treasurer.post(f"{address}/export/").status_code == 302
        batch.refresh_from_db()
        assert batch.status == "exported"
        got = treasurer.get(f"{address}/file/")
        assert got.content == exported_file(batch) and got["Content-Disposition"] == f'attachment; filename="{batch.number}.xml"'
        assert accountant.get(f"{address}/file/").status_code == 403
        assert auditor.get(f"{address}/").status_code == 200

    def test_the_proposer_is_told_why_the_approval_is_refused(self, paying):
        batch = paying.batch((paying.bill(), "110"), actor=(person := paying.role("finance")))
        client = Client()
        client.force_login(person)

        answer = client.post(f"/erp/payment-batches/{batch.pk}/approve/")

        assert answer.status_code == 422 and "You proposed" in answer.content.decode()
        assert PaymentBatch.objects.get().status == "proposed"

    def test_the_batch_says_whose_account_is_new(self, paying):
        other = paying.make_supplier("Newcomer")
        paying.approved_account(other, IBANS[1], days_ago=0)
        batch = paying.batch((paying.bill(supplier=other), "110"))

        text = signed_in(paying, "controller").get(f"/erp/payment-batches/{batch.pk}/").content.decode()

        assert "Accounts changed lately" in text and "1. Newcomer" in text

    def test_a_file_that_was_not_sent_yet_is_said_in_words(self, paying):
        batch = paying.batch((paying.bill(), "110"))

        assert signed_in(paying, "treasurer").get(f"/erp/payment-batches/{batch.pk}/file/", follow=True).status_code == 200

    def test_printouts(self, paying):
        batch = paying.sent((paying.bill(), "110"))
        client = signed_in(paying, "treasurer")

        assert client.get(f"/erp/payment-batches/{batch.pk}/print/list/").content.startswith(b"%PDF")


class TestApi:
    def today(self):
        return timezone.localdate().isoformat()

    def test_propose_approve_send_and_download(self, paying):
        paying.bill()
        clerk, controller, treasurer = (signed_in(paying, role) for role in ("accountant", "controller", "treasurer"))
        criteria = {"bank_account": paying.bank.pk, "execute_on": self.today(), "due_until": self.today()}
        found = clerk.get(API, criteria).json()
        assert [(row["reference"], row["hindrance"], Decimal(row["amount"])) for row in found["candidates"]] == [("R-1", "", Decimal(110))]

        made = clerk.post(API, json.dumps({
            "bank_account": paying.bank.pk, "execute_on": self.today(),
            "lines": [{"item_id": row["item_id"], "amount": row["amount"]} for row in found["candidates"]],
        }), content_type="application/json")

        assert made.status_code == 201
        address = f"/api/v1/erp/payment-batches/{made.json()[0]['id']}"
        assert treasurer.get(f"{address}/file/").status_code == 422
        assert controller.post(f"{address}/approve/", {}, content_type="application/json").status_code == 200
        assert controller.post(f"{address}/export/", {}, content_type="application/json").status_code == 403
        assert treasurer.post(f"{address}/export/", {}, content_type="application/json").status_code == 200
        first = treasurer.get(f"{address}/file/").content
        assert treasurer.post(f"{address}/export/", {}, content_type="application/json").status_code == 200
        assert treasurer.get(f"{address}/file/").content == first
        assert controller.get(f"{address}/file/").status_code == 403

    def test_refusals_name_the_line(self, paying, clerk):
        item = paying.item(paying.bill()).pk

        def post(day=None, lines=({"item_id": item, "amount": "110.01"},)):
            return clerk.post(API, json.dumps({"bank_account": paying.bank.pk, "execute_on": day or self.today(), "lines": list(lines)}),
                              content_type="application/json")

        answer = post()
        assert answer.status_code == 422 and "lines/0/amount" in answer.content.decode()
        assert post(lines=()).status_code == 422
        assert post(day=(timezone.localdate() - timedelta(days=1)).isoformat()).status_code in (400, 422)
        assert signed_in(paying, "auditor").get(API).status_code == 403
        assert not PaymentBatch.objects.exists()


ANSWER = """<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt><GrpHdr><MsgId>X</MsgId></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>{status}</GrpSts></OrgnlGrpInfAndSts>{rest}
</CstmrPmtStsRpt></Document>"""
PAYMENT = """<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{name}</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></StsRsnInf></TxInfAndSts></OrgnlPmtInfAndSts>"""


class TestAnswers:
    def give(self, client, text, address="/erp/bank-answers/"):
        return client.post(address, {"file": SimpleUploadedFile("answer.xml", text.encode())})

    def test_a_payment_is_rejected_once_and_the_rest_confirmed(self, paying):
        other = paying.make_supplier("Other")
        paying.approved_account(other, IBANS[1])
        mine, theirs = paying.bill(), paying.bill(supplier=other)
        batch = paying.sent((mine, "110"), (theirs, "110"))
        client = signed_in(paying, "treasurer")
        text = ANSWER.format(message=batch.message_id, status="PART", rest=PAYMENT.format(name=f"{batch.number}-2"))

        shown = self.give(client, text).content.decode()
        again = self.give(client, text).content.decode()

        assert "AC04 Account closed" in shown and "Nothing has changed" in again
        assert (paying.open(mine), paying.open(theirs)) == (0, -110)
        done = self.give(client, ANSWER.format(message=batch.message_id, status="ACSC", rest=""), "/api/v1/erp/bank-answers/")
        assert done.json() == {"batch": batch.pk, "status": "confirmed", "is_confirmed": True, "rejected": []}

    def test_a_batch_is_rejected_as_a_whole(self, paying):
        bill = paying.bill()
        batch = paying.sent((bill, "110"))

        self.give(signed_in(paying, "treasurer"), ANSWER.format(message=batch.message_id, status="RJCT", rest=""))

        batch.refresh_from_db()
        assert (batch.status, paying.open(bill)) == ("rejected", -110)

    @pytest.mark.parametrize("text", [
        "junk", "<a/>", ANSWER.format(message="", status="RJCT", rest=""), ANSWER.format(message="RUN-9-9", status="RJCT", rest=""),
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
    ])
    def test_what_is_no_answer_to_us_is_refused_at_the_file(self, paying, text):
        answer = self.give(signed_in(paying, "treasurer"), text)

        assert answer.status_code == 422 and "nothing was changed" in answer.content.decode()
