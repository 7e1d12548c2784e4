"""What a person does about a delivery that failed for good: try again, or skip with a reason; and the dry run that shows the effect."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from integration.outbox.consumers import consumer_named
from integration.outbox.models import Delivery, Replay
from integration.outbox.publish import publisher
from suite.access.permissions import code
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import Preview, collect_effects
from suite.kernel.documents.work import in_unit_of_work, unit_of_work
from suite.kernel.users.service_user import service_user


def _locked(ids: Sequence[int], actor: Any, action: str) -> list[Delivery]:
    if not actor.has_perm(code(Delivery, action)):
        raise PermissionDenied(code(Delivery, action))
    rows = list(Delivery.objects.visible_to(actor).filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
    if len(rows) != len(set(ids)):
        raise Delivery.DoesNotExist(_("Not all of these deliveries exist."))
    return rows


def replay_deliveries(ids: Sequence[int], *, actor: Any, reason: str) -> int:
    """Makes dead deliveries pending again with all their tries; returns how many. Done ones are refused: their effect stands."""

    def act() -> list[int]:
        rows = _locked(ids, actor, "replay")
        if any(row.status == Delivery.Status.DONE for row in rows):
            raise Refusal(_("A delivery that is done is not run again; nothing was changed."))
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            status=Delivery.Status.PENDING, attempts=1, next_at=timezone.now(), last_error="",
        )
        Replay.objects.create(company_id=actor.company_id, actor=actor, action="replay", reason=reason[:200], delivery_ids=list(ids))
        found = [row.pk for row in rows]
        transaction.on_commit(lambda: publisher.send(found, is_first=True), robust=True)
        return found

    return len(in_unit_of_work(act, actor=actor))


def skip_deliveries(ids: Sequence[int], *, actor: Any, reason: str) -> int:
    """Gives deliveries up, so that later ones of the document may run; the reason is kept."""

    def act() -> int:
        rows = _locked(ids, actor, "skip")
        if not reason.strip():
            raise Refusal(_("Say why this delivery is skipped; nothing was changed."), field="reason")
        waiting = [row.pk for row in rows if row.status in (Delivery.Status.PENDING, Delivery.Status.DEAD)]
        Delivery.objects.filter(pk__in=waiting).update(status=Delivery.Status.SKIPPED, done_at=timezone.now())
        Replay.objects.create(company_id=actor.company_id, actor=actor, action="skip", reason=reason[:200], delivery_ids=waiting)
        return len(waiting)

    return in_unit_of_work(act, actor=actor)


class _RollBack(Exception):
    pass


def preview_delivery(delivery: Delivery) -> Preview:
    """What running the delivery now would change in books and stock; raises what the consumer would raise. Nothing is kept."""
    result = Preview()
    event = delivery.event
    actor = service_user(on_behalf_of=event.actor_id, company_id=event.company_id)
    try:
        with transaction.atomic(), unit_of_work(actor, previewing=True) as work:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
            with caused_by(event.id):
                consumer_named(delivery.handler).handle(event, actor)
            collect_effects(work, result)
            raise _RollBack
    except _RollBack:
        return result
