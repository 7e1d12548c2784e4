"""Dunning runs through the real services: preview, proposal, posting, what falls out."""

from datetime import date, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from erp.dunning.models import DunningLevel, DunningNotice, DunningNoticeLine, DunningRun
from erp.dunning.selectors import dunning_state, proposed_letters
from erp.dunning.services import (
    block_dunning,
    discard_dunning_run,
    draft_dunning_run,
    leave_out_notice,
    post_dunning_run,
    propose_dunning_run,
    take_in_notice,
    waive_charges,
)
from erp.dunning.services.levels import refuse_gap
from erp.ledger.models import JournalEntry
from erp.receivables.models import OpenItem
from erp.receivables.selectors import credit_of
from erp.receivables.services import check_credit, reverse_payment
from suite.kernel.calendars.models import Period
from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.documents.preview import preview
from tests.factories.base import make_user
from tests.factories.books import net_by_role
from tests.factories.overdue import ISSUED

FIRST, SECOND, THIRD = (ISSUED + timedelta(days=days) for days in (8, 22, 36))


def letter_of(run, **values) -> DunningNotice:
    return DunningNotice.objects.get(run=run, **values)


def levels(trade) -> list[tuple[int, int]]:
    return list(DunningNoticeLine.objects.filter(company=trade.company, is_issued=True).order_by("pk").values_list("item_id", "level"))


class TestSteps:
    def test_each_run_takes_an_item_one_step_and_charges_what_the_level_says(self, trade):
        invoice = trade.bill()
        reminder, first, last = trade.dun_to(3)

        assert [letter_of(run).level.position for run in (reminder, first, last)] == [1, 2, 3]
        assert letter_of(reminder).total == 110 and reminder.entry is None
        # 11 March to 1 April: 21 days at 10 %, 1 day at 12 %; then 14 days at 12 %, from the day after the letter before.
        assert (letter_of(first).fee, letter_of(first).interest) == (5, D("0.67"))
        assert (letter_of(last).fee, letter_of(last).interest, letter_of(last).charges_before) == (10, D("0.51"), D("5.67"))
        assert net_by_role(first.entry) == {"AR": D("5.67"), "OTHER_INCOME": D("-5.67")}
        assert levels(trade) == [(trade.item(invoice).pk, level) for level in (1, 2, 3)]

    def test_fees_and_interest_are_open_items_of_their_own_that_are_not_dunned_again(self, trade):
        trade.bill()
        trade.dun_to(2)

        charges = OpenItem.objects.filter(company=trade.company, kind__in=("dunning_fee", "interest"))
        assert {(item.kind, item.open_amount, item.due_on) for item in charges} == {
            ("dunning_fee", D(5), SECOND + timedelta(days=7)), ("interest", D("0.67"), SECOND + timedelta(days=7))}
        assert [len(letter.lines) for letter in proposed_letters(trade.company.pk, date(2026, 8, 1))] == [1]

    def test_before_its_days_are_over_an_item_waits(self, trade):
        trade.bill()
        assert proposed_letters(trade.company.pk, ISSUED + timedelta(days=6)) == []
        trade.dun(ISSUED + timedelta(days=7))
        assert proposed_letters(trade.company.pk, ISSUED + timedelta(days=20)) == []
        assert len(proposed_letters(trade.company.pk, ISSUED + timedelta(days=21))) == 1

    def test_after_the_last_level_there_are_no_more_letters(self, trade):
        trade.bill()
        trade.dun_to(3)

        with pytest.raises(Refusal, match="no letter to issue"):
            trade.dun(date(2026, 8, 1))
        assert DunningNoticeLine.objects.filter(is_issued=True).count() == 3

    def test_items_stop_before_a_level_that_is_not_active(self, trade):
        trade.bill()
        DunningLevel.objects.filter(position=2).update(is_active=False)
        trade.dun(FIRST)

        assert proposed_letters(trade.company.pk, date(2026, 8, 1)) == []

    def test_one_letter_for_all_items_of_a_customer(self, trade):
        trade.bill("100")
        trade.bill("200", on=ISSUED + timedelta(days=1))
        other = trade.another()
        trade.bill("300", customer=other)

        run = trade.dun(ISSUED + timedelta(days=10))

        assert run.letters == 2
        assert {(notice.customer_id, notice.overdue) for notice in run.notices.all()} == {(trade.customer.pk, D(330)), (other.pk, D(330))}
        assert sorted(run.notices.values_list("number", flat=True)) == ["DUN-00001/001", "DUN-00001/002"]


class TestPreview:
    def test_writes_nothing_and_equals_what_is_then_made(self, trade):
        for price in ("100", "250"):
            trade.bill(price)
        trade.bill("70", customer=trade.another())
        trade.dun(FIRST)
        before = (DunningRun.objects.count(), DunningNotice.objects.count(), JournalEntry.objects.count(), OpenItem.objects.count())

        shown = proposed_letters(trade.company.pk, SECOND)
        assert before == (DunningRun.objects.count(), DunningNotice.objects.count(), JournalEntry.objects.count(), OpenItem.objects.count())
        run = trade.dun(SECOND)

        made = {
            (notice.customer_id, notice.currency_id, notice.level.position, notice.overdue, notice.credits, notice.charges_before, notice.fee, notice.interest,
             notice.total, tuple(notice.lines.order_by("position").values_list("item_id", "level_before", "level", "days_overdue", "open_amount", "interest")))
            for notice in run.notices.select_related("level")
        }
        assert made == {
            (letter.customer_id, letter.currency_id, letter.level.position, letter.overdue, letter.credits, letter.charges_before, letter.fee, letter.interest,
             letter.total, tuple((line.item_id, line.level_before, line.level, line.days_overdue, line.open_amount, line.interest) for line in letter.lines))
            for letter in shown
        }

    def test_the_posting_is_previewed_too(self, trade):
        trade.bill()
        trade.dun(FIRST)
        run = trade.propose(SECOND)

        shown = preview(run, "post", actor=trade.actor)

        assert [(name.split()[-2:] and debit, credit) for name, debit, credit in shown.ledger] == [(D("5.67"), 0), (0, D("5.67"))]
        assert DunningRun.objects.get(pk=run.pk).status == "proposed"
        posted = post_dunning_run(run, actor=trade.actor)
        assert net_by_role(posted.entry)["AR"] == D("5.67")

    def test_takes_as_many_statements_for_many_items_as_for_few(self, trade, planned_anew):
        trade.bill()
        with CaptureQueriesContext(connection, ) as few:
            proposed_letters(trade.company.pk, FIRST)
        for _number in range(6):
            trade.bill(customer=trade.another())
        with CaptureQueriesContext(connection) as many:
            assert len(proposed_letters(trade.company.pk, FIRST)) == 7
        assert len(many) == len(few) <= 8


class TestMeanwhile:
    def test_what_was_paid_falls_out_and_what_was_paid_in_part_is_dunned_for_the_rest(self, trade):
        paid, part = trade.bill("100"), trade.bill("200")
        other = trade.another()
        gone = trade.bill("50", customer=other)
        run = trade.propose(FIRST)
        trade.pay("110", on=FIRST, allocations=[(trade.item(paid).pk, D(110))])
        trade.pay("20", on=FIRST, allocations=[(trade.item(part).pk, D(20))])
        trade.pay("55", on=FIRST, customer=other, allocations=[(trade.item(gone).pk, D(55))])

        run = post_dunning_run(run, actor=trade.actor)

        assert (run.letters, letter_of(run, customer=trade.customer).overdue) == (1, 200)
        assert letter_of(run, customer=other).status == "settled"
        assert levels(trade) == [(trade.item(part).pk, 1)]

    def test_everything_was_paid_so_there_is_nothing_to_post(self, trade):
        invoice = trade.bill()
        run = trade.propose(FIRST)
        trade.pay("110", on=FIRST, allocations=[(trade.item(invoice).pk, D(110))])

        with pytest.raises(Refusal) as refusal:
            post_dunning_run(run, actor=trade.actor)
        assert refusal.value.code == "nothing_to_issue"
        assert DunningRun.objects.get(pk=run.pk).status == "proposed"

    def test_a_block_that_came_meanwhile_counts(self, trade):
        trade.bill()
        trade.bill("500", customer=trade.another())
        run = trade.propose(FIRST)
        block_dunning(company_id=trade.company.pk, customer_id=trade.customer.pk, reason="Wrong colour", until=date(2030, 1, 1), actor=trade.actor)

        run = post_dunning_run(run, actor=trade.actor)

        assert run.letters == 1 and letter_of(run, customer=trade.customer).status == "settled"

    def test_a_payment_that_bounces_lets_the_item_go_on_from_its_level(self, trade):
        invoice = trade.bill()
        trade.dun(FIRST)
        payment = trade.pay("110", on=FIRST, allocations=[(trade.item(invoice).pk, D(110))])
        assert proposed_letters(trade.company.pk, SECOND) == []
        reverse_payment(payment, actor=trade.actor, on=SECOND)

        assert [line.level for letter in proposed_letters(trade.company.pk, SECOND) for line in letter.lines] == [2]


class TestLeftOut:
    def test_a_letter_left_out_is_not_issued_and_its_items_keep_their_level(self, trade):
        trade.bill()
        other = trade.another()
        trade.bill(customer=other)
        run = trade.propose(FIRST)
        left = leave_out_notice(letter_of(run, customer=other), actor=trade.actor, reason="Spoke to them")
        assert take_in_notice(left, actor=trade.actor).status == "proposed"
        leave_out_notice(left, actor=trade.actor, reason="Spoke to them again")

        run = post_dunning_run(run, actor=trade.actor)

        assert run.letters == 1
        assert [letter.customer_id for letter in proposed_letters(trade.company.pk, FIRST)] == [other.pk]

    def test_discarding_leaves_nothing_and_makes_room(self, trade):
        trade.bill()
        run = discard_dunning_run(trade.propose(FIRST), actor=trade.actor)

        assert (run.status, run.notices.count()) == ("discarded", 0)
        assert trade.dun(FIRST).letters == 1


class TestWaiving:
    def test_mirrors_fee_and_interest_and_settles_them(self, trade):
        trade.bill()
        run = trade.dun_to(2)[-1]
        notice = waive_charges(letter_of(run), actor=trade.actor, reason="A good customer", on=SECOND)

        assert (notice.status, net_by_role(notice.waiver)) == ("waived", {"AR": D("-5.67"), "OTHER_INCOME": D("5.67")})
        assert all(item.open_amount == 0 for item in OpenItem.objects.filter(document_key=notice.key))

    def test_what_was_paid_of_them_becomes_a_credit(self, trade):
        trade.bill()
        notice = letter_of(trade.dun_to(2)[-1])
        charges = OpenItem.objects.filter(document_key=notice.key)
        trade.pay("5.67", on=SECOND, allocations=[(item.pk, item.amount) for item in charges])

        waive_charges(notice, actor=trade.actor, reason="Agreed", on=SECOND)

        assert sum(item.open_amount for item in OpenItem.objects.filter(document_key=notice.key)) == D("-5.67")

    @pytest.mark.parametrize("values, code", [({"reason": " "}, "reason_missing"), ({"reason": "x", "on": FIRST}, "too_early")])
    def test_is_refused(self, trade, values, code):
        trade.bill()
        notice = letter_of(trade.dun_to(2)[-1])

        with pytest.raises(Refusal) as refusal:
            waive_charges(notice, actor=trade.actor, **values)
        assert refusal.value.code == code
        assert OpenItem.objects.filter(document_key=notice.key).count() == 2

    def test_a_letter_without_charges_has_nothing_to_waive(self, trade):
        trade.bill()
        with pytest.raises(Refusal, match="no fee and no interest"):
            waive_charges(letter_of(trade.dun(FIRST)), actor=trade.actor, reason="x")


class TestDeliveryStop:
    def test_stops_with_the_level_and_ends_when_the_item_is_paid(self, trade):
        invoice = trade.bill()
        trade.dun_to(2)
        assert credit_of(company_id=trade.company.pk, party_id=trade.customer.pk).is_within

        trade.dun(THIRD)

        assert dunning_state(trade.company.pk, trade.customer.pk, THIRD)[:2] == (3, True)
        assert not credit_of(company_id=trade.company.pk, party_id=trade.customer.pk).is_within
        answer = check_credit(company_id=trade.company.pk, party_id=trade.customer.pk, source_key="crm.order:9", amount=D(1), actor=trade.actor)
        assert not answer.is_within and "Delivery is stopped" in answer.message
        trade.pay("110", on=THIRD, allocations=[(trade.item(invoice).pk, D(110))])
        assert credit_of(company_id=trade.company.pk, party_id=trade.customer.pk).is_within


class TestRefused:
    def test_a_day_to_come(self, trade):
        with pytest.raises(Refusal) as refusal:
            trade.draft_run(date(2099, 1, 1))
        assert (refusal.value.field, DunningRun.objects.count()) == ("as_of", 0)

    def test_a_second_open_run(self, trade):
        trade.bill()
        trade.propose(FIRST)
        with pytest.raises(Refusal) as refusal:
            trade.draft_run(FIRST)
        assert (refusal.value.code, DunningRun.objects.count()) == ("one_open_dunning_run", 1)

    def test_posting_twice(self, trade):
        trade.bill()
        run = trade.dun(FIRST)
        with pytest.raises(TransitionNotAllowed):
            post_dunning_run(run, actor=trade.actor)
        with pytest.raises(TransitionNotAllowed):
            propose_dunning_run(run, actor=trade.actor)
        assert len(levels(trade)) == 1

    def test_a_closed_period(self, trade):
        trade.bill()
        trade.dun(FIRST)
        run = trade.propose(SECOND)
        Period.objects.filter(company=trade.company, starts_on__lte=SECOND, ends_on__gte=SECOND).update(status="closed")
        with pytest.raises(Refusal) as refusal:
            post_dunning_run(run, actor=trade.actor)
        assert refusal.value.code == "period_open"
        assert DunningRun.objects.get(pk=run.pk).status == "proposed" and len(levels(trade)) == 1
        Period.objects.filter(company=trade.company).update(status="open")

    def test_no_levels(self, trade):
        DunningLevel.objects.filter(company=trade.company).delete()
        with pytest.raises(Refusal) as refusal:
            trade.draft_run(FIRST)
        assert refusal.value.code == "no_levels"

    def test_a_level_that_leaves_a_gap(self, trade):
        with pytest.raises(Refusal) as refusal:
            save_record(DunningLevel(company=trade.company, position=5, name="Gap", days=1), actor=trade.actor)
        assert (refusal.value.field, DunningLevel.objects.count()) == ("position", 3)
        assert refuse_gap(DunningLevel(company=trade.company, position=4, name="Next", days=1), actor=trade.actor) is None

    @pytest.mark.parametrize("values, field", [({"reason": "  "}, "reason"), ({"until": date(2020, 1, 1)}, "until")])
    def test_a_block_without_reason_or_of_the_past(self, trade, values, field):
        with pytest.raises(Refusal) as refusal:
            block_dunning(**{
                "company_id": trade.company.pk, "customer_id": trade.customer.pk, "reason": "x", "until": date(2030, 1, 1), "actor": trade.actor} | values)
        assert refusal.value.field == field

    def test_a_block_on_another_customers_item(self, trade):
        invoice = trade.bill(customer=trade.another())
        with pytest.raises(Refusal) as refusal:
            block_dunning(company_id=trade.company.pk, customer_id=trade.customer.pk, item_id=trade.item(invoice).pk, reason="x", until=date(2030, 1, 1),
                          actor=trade.actor)
        assert refusal.value.code == "foreign_item"

    def test_an_auditor_starts_nothing(self, trade):
        auditor = make_user(trade.company, "auditor")
        with pytest.raises(PermissionDenied):
            draft_dunning_run(company_id=trade.company.pk, as_of=FIRST, actor=auditor)


class TestBlocks:
    def test_one_item_or_all_of_a_customer_until_a_day(self, trade):
        disputed, other = trade.bill("100"), trade.bill("200")
        block_dunning(company_id=trade.company.pk, customer_id=trade.customer.pk, item_id=trade.item(disputed).pk, reason="Broken", until=date(2030, 1, 1),
                      actor=trade.actor)
        (letter,) = proposed_letters(trade.company.pk, FIRST)
        assert [line.item_id for line in letter.lines] == [trade.item(other).pk]

        block_dunning(company_id=trade.company.pk, customer_id=trade.customer.pk, kind="promise", reason="Promised", until=date(2030, 1, 1), actor=trade.actor)
        assert proposed_letters(trade.company.pk, FIRST) == []
        assert dunning_state(trade.company.pk, trade.customer.pk, FIRST).blocks[0].kind in ("dispute", "promise")
