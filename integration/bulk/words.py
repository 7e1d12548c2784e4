"""Bulk actions in words, for their pages."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from integration.bulk.models import BulkRun
from suite.kernel.documents.transitions import transitions_of
from suite.resources.registry import resource_named


def runs_of(user: Any) -> QuerySet[BulkRun]:
    """What the user started in the present company, newest first. Nobody sees another's."""
    return BulkRun.objects.visible_to(user).filter(actor=user)


def action_words(run: BulkRun) -> str:
    """The action as its button calls it."""
    resource = resource_named(run.resource)
    step = transitions_of(resource.model).get(run.action) if resource else None
    return str(step.label) if step else _("Delete") if run.action == "delete" else run.action


def rows_words(run: BulkRun) -> str:
    """What the rows are: "sales orders"."""
    resource = resource_named(run.resource)
    return resource.label_plural() if resource else run.resource


def addresses(run: BulkRun) -> tuple[str, str]:
    """(the list, the start of a record's page); empty strings where the kind no longer has pages."""
    resource = resource_named(run.resource)
    return (resource.list_url(), resource.list_url()) if resource else ("", "")
