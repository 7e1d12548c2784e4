"""An action on many rows: each row whole or not at all, every result kept, nothing done twice, others' runs unseen."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from crm.orders.models import Order
from integration.bulk import run as running
from integration.bulk.models import BulkRow, BulkRun
from integration.bulk.run import abandoned_runs, forget_runs, start_run, stop_run, work_on
from suite.kernel.audit.models import StatusChange
from suite.kernel.documents.errors import Refusal
from suite.kernel.parties.models import Party
from tests.factories.base import make_company, make_customer, make_user
from tests.factories.journeys import Trade


@pytest.fixture
def trade(db) -> Trade:
    return Trade()


@pytest.fixture
def told(monkeypatch) -> list[int]:
    """The runs that the workers were told of."""
    heard: list[int] = []
    monkeypatch.setattr("integration.bulk.answers.hand_over", lambda run_id, language="en": heard.append(run_id))
    return heard


def start(trade: Trade, orders: list[Order], action: str = "confirm") -> BulkRun:
    return start_run(model=Order, action=action, keys=[str(order.pk) for order in orders], actor=trade.boss)


def test_a_few_rows_are_done_at_once_and_every_result_is_kept(client, trade, told):
    good, already = trade.draft(), trade.confirm()
    client.force_login(trade.boss)

    answer = client.post("/crm/orders/bulk/", {"do": "confirm", "pk": [good.pk, already.pk]}, follow=True)

    run = BulkRun.objects.get()
    assert answer.redirect_chain[-1][0] == f"/integration/bulk/{run.pk}/"
    assert (run.status, run.total, run.done, run.failed) == ("finished", 2, 1, 1)
    assert trade.fresh(good).status == "confirmed"
    refused = run.rows.get(status=BulkRow.Status.REFUSED)
    assert refused.record_key == str(already.pk) and "Confirmed" in refused.message and refused.hint
    assert refused.message.replace("'", "&#x27;") in answer.content.decode()
    assert told == []


def test_refused_rows_come_as_a_file_that_runs_no_formula(client, trade, told):
    owing = make_customer(trade.company, name="=HYPERLINK(1)")
    trade.draft(customer=owing)
    client.force_login(trade.boss)
    client.post("/kernel/parties/bulk/", {"do": "delete", "pk": [owing.pk]})

    body = b"".join(client.get(f"/integration/bulk/{BulkRun.objects.get().pk}/refused/?format=csv").streaming_content).decode()

    assert "used by other records" in body and "Set it inactive instead" in body
    assert "'=HYPERLINK" in body


def test_many_rows_go_to_the_workers_in_slices(client, trade, told, monkeypatch):
    monkeypatch.setattr("integration.bulk.answers.AT_ONCE", 1)
    orders = [trade.draft() for _n in range(3)]
    client.force_login(trade.boss)

    answer = client.post("/crm/orders/bulk/", {"do": "confirm", "pk": [order.pk for order in orders]}, follow=True)

    run = BulkRun.objects.get()
    assert told == [run.pk] and run.status == "waiting"
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    assert work_on(run.pk, seconds=0) is True
    assert work_on(run.pk) is False
    run.refresh_from_db()
    assert (run.status, run.done, run.failed, run.share) == ("finished", 3, 0, 100)
    fragment = client.get(f"/integration/bulk/{run.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and "hx-trigger" not in fragment


def test_all_rows_of_the_filter(client, trade, told):
    other = make_customer(trade.company)
    mine, theirs = [trade.draft(), trade.draft()], trade.draft(customer=other)
    client.force_login(trade.boss)

    client.post(f"/crm/orders/bulk/?customer={trade.customer.pk}&status=draft", {"do": "confirm", "all": "1"})

    assert BulkRun.objects.get().done == 2
    assert {trade.fresh(order).status for order in mine} == {"confirmed"}
    assert trade.fresh(theirs).status == "draft"


def test_a_worker_that_died_between_the_row_and_its_note_does_not_do_it_twice(trade, monkeypatch):
    order = trade.draft()
    run = start(trade, [order])
    monkeypatch.setattr(running, "_note", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        work_on(run.pk)
    monkeypatch.undo()

    work_on(run.pk)

    run.refresh_from_db()
    assert (run.done, run.failed) == (1, 0)
    assert StatusChange.objects.filter(object_id=order.pk, action="confirm", content_type__model="order").count() == 1


def test_a_row_that_breaks_leaves_nothing_and_the_others_go_on(trade, monkeypatch):
    first, second = trade.draft(), trade.draft()
    run = start(trade, [first, second])
    real = running.transitions_of

    def breaking(model):
        steps = real(model)
        step = steps["confirm"]

        def run_step(document, **kwargs):
            done = step.run(document, **kwargs)
            if document.pk == first.pk:
                raise ZeroDivisionError
            return done

        return {"confirm": type("Step", (), {"run": staticmethod(lambda document, **kwargs: running.in_unit_of_work(
            lambda: run_step(document, **kwargs), actor=kwargs["actor"]))})}

    monkeypatch.setattr(running, "transitions_of", breaking)

    work_on(run.pk)

    run.refresh_from_db()
    assert (run.done, run.failed) == (1, 1)
    assert (trade.fresh(first).status, trade.fresh(second).status) == ("draft", "confirmed")


def test_stopping_leaves_the_rest_as_it_was(trade):
    orders = [trade.draft(), trade.draft()]
    run = start(trade, orders)

    assert stop_run(run, actor=trade.boss)
    work_on(run.pk)

    run.refresh_from_db()
    assert (run.status, run.done) == ("stopped", 0)
    assert {trade.fresh(order).status for order in orders} == {"draft"}
    assert not stop_run(run, actor=trade.boss)


def test_rights_that_were_taken_meanwhile_count(trade):
    order = trade.draft()
    clerk = make_user(trade.company, "sales")
    run = start_run(model=Order, action="confirm", keys=[str(order.pk)], actor=clerk)
    clerk.groups.clear()

    work_on(run.pk)

    run.refresh_from_db()
    assert run.failed == 1 and trade.fresh(order).status == "draft"


def test_rows_of_another_company_do_not_exist(trade):
    stranger = make_user(make_company(), "administrator")

    with pytest.raises(Refusal):
        start_run(model=Order, action="confirm", keys=[str(trade.draft().pk)], actor=stranger)
    with pytest.raises(PermissionDenied):
        start_run(model=Order, action="confirm", keys=[], actor=make_user(trade.company, "logistics"))


def test_nobody_sees_or_stops_the_run_of_another(client, trade, told):
    run = start(trade, [trade.draft()])
    client.force_login(make_user(trade.company, "administrator"))

    for address in ("", "refused/"):
        assert client.get(f"/integration/bulk/{run.pk}/{address}").status_code == 404
    assert client.post(f"/integration/bulk/{run.pk}/stop/").status_code == 404
    assert client.get("/integration/bulk/").status_code == 200


def test_no_row_is_said_on_the_list(client, trade, told):
    client.force_login(trade.boss)

    answer = client.post("/crm/orders/bulk/?status=draft", {"do": "confirm"}, follow=True)

    assert "nothing was done" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/crm/orders/?status=draft"
    assert BulkRun.objects.count() == 0


def test_a_run_without_a_sign_of_life_is_found_and_old_ones_are_forgotten(trade):
    run = start(trade, [trade.draft()])

    assert abandoned_runs() == []
    assert abandoned_runs(timezone.now() + timedelta(minutes=3)) == [run.pk]
    work_on(run.pk)
    assert abandoned_runs(timezone.now() + timedelta(minutes=3)) == []
    assert forget_runs(before=timezone.now()) == 1
    assert not BulkRow.objects.exists()
    assert Party.objects.filter(pk=trade.customer.pk).exists()
