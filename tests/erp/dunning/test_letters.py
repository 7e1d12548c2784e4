"""The letter on paper and by mail, the policy that lets runs happen by themselves, and the pages."""

from datetime import date, timedelta
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from erp.dunning.models import DunningNotice, DunningPolicy, DunningRun, DunningText
from erp.dunning.printouts import print_notice
from erp.dunning.services import block_dunning, run_dunning, send_notice
from suite.kernel.attachments.models import Attachment
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.mail.models import OutgoingMail
from suite.kernel.mail.services import send_waiting
from suite.kernel.parties.models import ContactPoint, Party
from tests.factories.base import make_user
from tests.factories.overdue import ISSUED

SECOND = ISSUED + timedelta(days=22)


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def letter(trade, *, levels=2, **customer) -> DunningNotice:
    Party.objects.filter(pk=trade.customer.pk).update(**{"email": "pay@example.org", **customer})
    trade.bill()
    return DunningNotice.objects.select_related("customer").get(run=trade.dun_to(levels)[-1])


class TestOnPaper:
    def test_says_what_is_owed_and_why(self, trade):
        seen = words(print_notice(letter(trade)).content)

        for text in ("Dunning letter", "DUN-00002/001", "INV-2026-00001", "22", "110.00", "0.67", "5.00", "115.67 EUR", "by days over 365"):
            assert text in seen, text

    def test_speaks_the_customers_language_in_the_companys_words(self, trade):
        DunningText.objects.create(
            company=trade.company, level=trade.level(2), language="de", subject="Mahnung {number}", opening="leider fehlt Ihre Zahlung {__class__}.",
            closing="Bitte zahlen Sie {total} bis {pay_by}.")

        seen = words(print_notice(letter(trade, language="de")).content)

        for text in ("Mahnung DUN-00002/001", "leider fehlt Ihre Zahlung {__class__}.", "Bitte zahlen Sie 115,67 EUR bis 8. April 2026."):
            assert text in seen, text

    def test_a_proposed_letter_is_stamped(self, trade):
        trade.bill()
        notice = DunningNotice.objects.get(run=trade.propose(ISSUED + timedelta(days=8)))

        assert "PROPOSED" in words(print_notice(notice).content)

    @pytest.mark.parametrize("level, text", [(1, "Payment reminder"), (3, "Until then we deliver nothing more")])
    def test_each_level_has_words_of_its_own(self, trade, level, text):
        assert text in words(print_notice(letter(trade, levels=level)).content)


class TestByMail:
    def test_is_kept_with_the_record_and_leaves_outside_of_the_transaction(self, trade):
        notice = send_notice(letter(trade), actor=trade.actor)
        assert mail.outbox == []

        assert send_waiting() == (1, 0)

        (sent,) = mail.outbox
        assert (sent.to, sent.subject, [name for name, _content, _type in sent.attachments]) == (
            ["pay@example.org"], "Dunning letter", ["dunning-DUN-00002-001.pdf"])
        kept = OutgoingMail.objects.get()
        assert (kept.status, kept.record, kept.attachment.record) == ("sent", notice, notice)
        assert send_waiting() == (0, 0)

    def test_sent_again_it_is_the_same_file(self, trade):
        notice = letter(trade)
        send_notice(notice, actor=trade.actor)
        send_notice(notice, actor=trade.actor)

        assert (Attachment.objects.count(), OutgoingMail.objects.count()) == (1, 2)

    def test_goes_to_the_first_contact_where_the_party_has_no_address(self, trade):
        ContactPoint.objects.create(company=trade.company, party=trade.customer, name="Ann", email="ann@example.org", is_primary=True)

        send_notice(letter(trade, email=""), actor=trade.actor)

        assert OutgoingMail.objects.get().to == "ann@example.org"

    def test_without_an_address_nothing_is_sent(self, trade):
        with pytest.raises(Refusal) as refusal:
            send_notice(letter(trade, email=""), actor=trade.actor)
        assert refusal.value.code == "no_address" and refusal.value.hint
        assert (OutgoingMail.objects.count(), Attachment.objects.count()) == (0, 0)

    def test_a_server_that_is_away_is_tried_again_and_given_up_in_the_end(self, trade, settings):
        settings.EMAIL_BACKEND = "tests.erp.dunning.nobody_there.Backend"
        send_notice(letter(trade), actor=trade.actor)
        for _turn in range(6):
            assert send_waiting() == (0, 1)
            OutgoingMail.objects.exclude(next_at=None).update(next_at="2020-01-01T00:00Z")
        kept = OutgoingMail.objects.get()
        assert (kept.status, kept.tries, "refused" in kept.error) == ("failed", 6, True)
        assert send_waiting() == (0, 0)


class TestByItself:
    def test_nothing_without_a_policy(self, trade):
        trade.bill()
        assert run_dunning(company_id=trade.company.pk, on=SECOND, actor=trade.actor) == "not asked for"
        assert DunningRun.objects.count() == 0

    def test_proposes_once_and_posts_nothing(self, trade):
        DunningPolicy.objects.create(company=trade.company)
        trade.bill()

        assert run_dunning(company_id=trade.company.pk, on=SECOND, actor=trade.actor) == "1 letters proposed"
        assert run_dunning(company_id=trade.company.pk, on=SECOND, actor=trade.actor) == "a run is open"

        assert DunningRun.objects.get().status == "proposed" and OutgoingMail.objects.count() == 0

    def test_makes_no_run_where_nothing_is_overdue(self, trade):
        DunningPolicy.objects.create(company=trade.company)
        assert run_dunning(company_id=trade.company.pk, on=SECOND, actor=trade.actor) == "nothing overdue"
        assert DunningRun.objects.count() == 0

    def test_what_refuses_is_said_and_the_proposal_stays(self, trade):
        DunningPolicy.objects.create(company=trade.company, posts_by_itself=True)
        trade.bill()
        trade.dun(ISSUED + timedelta(days=8))
        Period.objects.filter(company=trade.company, starts_on__lte=SECOND, ends_on__gte=SECOND).update(status="closed")

        assert run_dunning(company_id=trade.company.pk, on=SECOND, actor=trade.actor).startswith("refused: The period of this date is closed")

        assert DunningRun.objects.order_by("pk").last().status == "proposed"
        Period.objects.filter(company=trade.company).update(status="open")

    def test_posts_and_sends_only_where_the_policy_says_so(self, trade):
        DunningPolicy.objects.create(company=trade.company, posts_by_itself=True)
        Party.objects.filter(pk=trade.customer.pk).update(email="pay@example.org")
        trade.bill()
        trade.bill(customer=trade.another(email=""))

        assert run_dunning(company_id=trade.company.pk, on=SECOND, actor=trade.actor) == "2 letters issued, 1 sent, 1 without an address"


class TestPages:
    @pytest.fixture
    def client(self, trade):
        made = Client()
        made.force_login(trade.actor)
        return made

    def test_from_the_preview_to_the_letters(self, trade, client):
        trade.bill()
        page = client.get(reverse("erp:report_dunning_preview"), {"on": "2026-03-20"})
        assert page.status_code == 200 and b"Start the run" in page.content and DunningRun.objects.count() == 0

        answer = client.post(reverse("erp:start_dunning_run"), {"on": "2026-03-20"}, follow=True)

        run = DunningRun.objects.get()
        assert (answer.status_code, run.status, run.letters) == (200, "proposed", 1)
        client.post(reverse("erp:dunningrun_transition", args=[run.pk, "post"]))
        assert DunningRun.objects.get().status == "posted"
        page = client.get(reverse("erp:dunningrun_detail", args=[run.pk]))
        assert b"Send all by mail" in page.content

    def test_a_second_run_is_refused_in_words(self, trade, client):
        trade.bill()
        trade.propose(ISSUED + timedelta(days=8))

        answer = client.post(reverse("erp:start_dunning_run"), {"on": "2026-03-20"}, follow=True)

        assert b"There is an open dunning run already" in answer.content and DunningRun.objects.count() == 1

    def test_all_letters_are_sent_as_a_bulk_action(self, trade, client):
        notice = letter(trade)
        answer = client.post(reverse("erp:send_dunning_letters", args=[notice.run_id]))
        assert answer.status_code == 302 and "/integration/bulk/" in answer.url
        assert OutgoingMail.objects.get().record == notice

    def test_the_customers_page_shows_how_far_it_came(self, trade, client):
        letter(trade, levels=3)
        block_dunning(company_id=trade.company.pk, customer_id=trade.customer.pk, kind="promise", reason="By Friday", until=date(2099, 1, 1), actor=trade.actor)

        page = client.get(reverse("kernel:party_detail", args=[trade.customer.pk])).content.decode()

        for text in ("Last dunning", "Delivery is stopped until it is paid.", "By Friday", "DUN-00003/001"):
            assert text in page, text
        assert b"By Friday" in client.get(reverse("erp:report_dunning_blocked"), {"on": "2026-04-01"}).content

    @pytest.mark.parametrize("values, field", [
        ({"position": "4", "fee": "-1"}, b"A fee is not below zero"), ({"position": "7"}, b"without a gap"),
        ({"position": "1"}, b"There is such a level already"),
    ])
    def test_a_bad_level_is_refused_at_its_field(self, trade, client, values, field):
        answer = client.post(reverse("erp:dunninglevel_add"), {
            "position": "4", "name": "Fourth", "days": "5", "fee": "0", "interest_points": "0", "minimum_amount": "0", "is_active": "on",
            "texts-TOTAL_FORMS": "0", "texts-INITIAL_FORMS": "0", **values})
        assert answer.status_code == 422 and field in answer.content
        assert trade.level(3).position == 3 and not DunningText.objects.exists()

    def test_an_auditor_looks_and_starts_nothing(self, trade):
        trade.bill()
        auditor = Client()
        auditor.force_login(make_user(trade.company, "auditor"))
        assert auditor.get(reverse("erp:report_dunning_preview"), {"on": "2026-03-20"}).status_code == 200
        assert auditor.post(reverse("erp:start_dunning_run"), {"on": "2026-03-20"}).status_code == 403
        assert DunningRun.objects.count() == 0

    def test_the_api_runs_it_too(self, trade, client):
        trade.bill()
        made = client.post("/api/v1/erp/dunning-runs/", {"as_of": "2026-03-20"}, content_type="application/json")
        assert made.status_code == 201, made.content
        run = DunningRun.objects.get()
        for step in ("propose", "post"):
            answer = client.post(f"/api/v1/erp/dunning-runs/{run.pk}/{step}/", {}, content_type="application/json", headers={"Idempotency-Key": step})
            assert answer.status_code == 200, answer.content
        assert D(answer.json()["fees"]) == 0 and answer.json()["letters"] == 1
        again = client.post("/api/v1/erp/dunning-runs/", {"as_of": "2099-03-20"}, content_type="application/json")
        assert (again.status_code, again.json()["code"]) == (422, "future")
