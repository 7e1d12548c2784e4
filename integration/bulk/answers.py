"""The answer to lists that ask for an action on many rows: few at once, many through the workers."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import get_language

from integration.bulk.run import AT_ONCE, start_run, work_on
from integration.bulk.tasks import hand_over
from suite.resources.pages.acting import bulk_asked


@bulk_asked.answered_by
def answer_bulk(*, model: type[Model], action: str, keys: Sequence[str], actor: Any) -> str:
    """The address of the page that follows the run."""
    run = start_run(model=model, action=action, keys=keys, actor=actor)
    if run.total > AT_ONCE or work_on(run.pk):
        hand_over(run.pk, get_language() or "en")
    return reverse("integration:bulk_run", args=[run.pk])
