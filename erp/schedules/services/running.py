"""The calendar's turn: whatever is due is posted, once, however long nobody looked."""

from datetime import date
from typing import Any

from erp.schedules.models import DeferralInstalment, RecurringEntry, ScheduledReversal
from erp.schedules.selectors import Due, due
from erp.schedules.services.deferrals import post_instalment
from erp.schedules.services.recurring import post_occurrence
from erp.schedules.services.reversals import reverse_as_scheduled
from suite.kernel.documents.errors import BusinessError


def run_schedules(*, company_id: int, on: date, actor: Any) -> tuple[int, list[tuple[Due, str]]]:
    """(how many were posted, [(what could not be, why)]). Each in a transaction of its own, oldest first; repeating posts nothing twice.

    What cannot be posted (its period is closed) stays due and stands in the way of closing.
    """
    posted, refused = 0, []
    for item in due(company_id, on):
        try:
            _post(item, actor)
            posted += 1
        except BusinessError as error:
            refused.append((item, error.message))
    return posted, refused


def _post(item: Due, actor: Any) -> None:
    if item.kind == "recurring":
        post_occurrence(template=RecurringEntry.objects.get(pk=item.pk), on=item.due_on, actor=actor)
    elif item.kind == "deferral":
        post_instalment(instalment=DeferralInstalment.objects.get(pk=item.pk), actor=actor)
    else:
        reverse_as_scheduled(reversal=ScheduledReversal.objects.get(pk=item.pk), actor=actor)
