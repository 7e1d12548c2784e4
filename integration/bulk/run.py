"""Starting, doing, stopping bulk actions. Each row is a unit of work of its own: it is done as a whole or not at all."""

import logging
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import F, Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from integration.bulk.models import BulkRow, BulkRun
from suite.access.permissions import may
from suite.kernel.documents.editing import delete_record
from suite.kernel.documents.errors import BusinessError, Refusal
from suite.kernel.documents.transitions import transitions_of
from suite.kernel.documents.work import in_unit_of_work
from suite.resources.registry import resource_named
from suite.resources.violations import refusal_of

log = logging.getLogger("suite.bulk")

MOST_ROWS = 5_000
AT_ONCE = 20
# A worker gives other work a turn after this long; whoever has shown no sign of life for LEASE has died with its process.
SLICE_SECONDS = 5.0
LEASE = timedelta(minutes=2)
UNFINISHED = (BulkRun.Status.WAITING, BulkRun.Status.RUNNING)


def start_run(*, model: type[Model], action: str, keys: Sequence[str], actor: Any) -> BulkRun:
    """The run over those of the rows that the actor may see, waiting; nothing is done yet.

    Raises PermissionDenied without the permission for the action, Refusal for no row at all or for more than `MOST_ROWS`.
    """
    if not may(actor, model, action):
        raise PermissionDenied(_("Your roles do not include this for %(name)s.") % {"name": model._meta.verbose_name_plural})
    if len(keys) > MOST_ROWS:
        raise Refusal(
            _("These are more than %(most)d rows; nothing was done.") % {"most": MOST_ROWS}, hint=_("Narrow the list by a filter and go in parts."),
        )
    rows = list(model.objects.visible_to(actor, action).filter(pk__in=keys).order_by("pk"))
    if not rows:
        raise Refusal(_("No row was chosen, or none is yours; nothing was done."), hint=_("Tick rows in the list, then choose the action."))

    def start() -> BulkRun:
        run = BulkRun.objects.create(company_id=actor.company_id, actor=actor, resource=model._meta.label_lower, action=action, total=len(rows))
        BulkRow.objects.bulk_create([BulkRow(run=run, position=n, record_key=str(row.pk), label=str(row)[:200]) for n, row in enumerate(rows, 1)])
        return run

    return in_unit_of_work(start, actor=actor)


def work_on(run_id: int, *, seconds: float = SLICE_SECONDS) -> bool:
    """Does rows of the run, in order, for about that long; whether any are left. Two workers at once do no row twice."""
    deadline = time.monotonic() + seconds
    run = BulkRun.objects.select_related("actor").filter(pk=run_id, status__in=UNFINISHED).first()
    if run is None:
        return False
    actor, resource = run.actor, resource_named(run.resource)
    actor.company_id = run.company_id  # the company worked in when it was started, wherever the person has gone since
    if run.status == BulkRun.Status.WAITING:
        BulkRun.objects.filter(pk=run_id, status=BulkRun.Status.WAITING).update(status=BulkRun.Status.RUNNING)
    for row in list(run.rows.filter(status=BulkRow.Status.WAITING)):
        if time.monotonic() > deadline:
            return True
        if not BulkRun.objects.filter(pk=run_id, status=BulkRun.Status.RUNNING).update(touched_at=timezone.now()):
            return False
        refusal = _one(run, row, resource.model if resource else None, actor)
        _note(run, row, refusal)
    BulkRun.objects.filter(pk=run_id, status=BulkRun.Status.RUNNING).update(status=BulkRun.Status.FINISHED, finished_at=timezone.now())
    return False


def _one(run: BulkRun, row: BulkRow, model: type[Model] | None, actor: Any) -> BusinessError | None:
    """Why the row was refused, or None where it was done. A row done before the worker died is not done again: its key is known."""
    try:
        record = model.objects.visible_to(actor, run.action).filter(pk=row.record_key).first() if model else None
        if run.action == "delete":
            if record is None:
                return None
            delete_record(record, actor=actor)
            return None
        step = transitions_of(model).get(run.action) if model else None
        if record is None or step is None:
            return Refusal(_("The row is no longer there, or no longer yours; nothing was done."))
        step.run(record, actor=actor, key=f"bulk:{run.pk}:{row.pk}")
    except BusinessError as error:
        return error
    except IntegrityError as error:
        return refusal_of(error)
    except PermissionDenied:
        return Refusal(_("Your roles no longer include this; nothing was done."))
    except Exception:
        log.exception("A row of a bulk action failed.", extra={"run": run.pk, "row": row.pk})
        return Refusal(
            _("An unexpected fault; nothing of this row was done."), hint=_("Try this row alone from its own page; tell an administrator if it fails again."),
        )
    return None


def _note(run: BulkRun, row: BulkRow, refusal: BusinessError | None) -> None:
    status = BulkRow.Status.REFUSED if refusal else BulkRow.Status.DONE
    found = {"status": status, "message": str(refusal.message) if refusal else "", "hint": str(refusal.hint) if refusal else ""}

    def note() -> None:
        if BulkRow.objects.filter(pk=row.pk, status=BulkRow.Status.WAITING).update(**found):
            column = "failed" if refusal else "done"
            BulkRun.objects.filter(pk=run.pk).update(**{column: F(column) + 1})

    in_unit_of_work(note, actor=run.actor)


def stop_run(run: BulkRun, *, actor: Any) -> bool:
    """Stops a run of the actor's after the row under way; what is done stays done. Whether there was anything to stop."""
    stopped = BulkRun.objects.visible_to(actor).filter(pk=run.pk, actor=actor, status__in=UNFINISHED)
    return bool(stopped.update(status=BulkRun.Status.STOPPED, finished_at=timezone.now()))


def abandoned_runs(now: Any = None) -> list[int]:
    """Runs whose worker was never told or has died."""
    before = (now or timezone.now()) - LEASE
    return list(BulkRun.objects.filter(Q(touched_at__lt=before), status__in=UNFINISHED).order_by("pk").values_list("pk", flat=True)[:50])


def forget_runs(*, before: Any) -> int:
    """Deletes runs that ended before that moment, with their rows; how many."""
    _all, by_model = BulkRun.objects.filter(finished_at__lt=before).delete()
    return by_model.get(BulkRun._meta.label, 0)
