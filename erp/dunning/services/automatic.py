"""Dunning by the calendar: proposes, and goes further only where the company's policy says so."""

from datetime import date
from typing import Any

from erp.dunning.models import DunningNotice, DunningRun
from erp.dunning.selectors import levels_of, policy_of, proposed_letters
from erp.dunning.services.notices import send_notice
from erp.dunning.services.posting import post_dunning_run
from erp.dunning.services.running import draft_dunning_run, propose_dunning_run
from suite.kernel.documents.errors import BusinessError


def run_dunning(*, company_id: int, on: date, actor: Any) -> str:
    """What was done for the day, in words. Where a run is open already, nothing: a person is at it. What refuses is said, and leaves nothing half
    done: a run that could not be posted stays proposed."""
    try:
        return _run(company_id, on, actor)
    except BusinessError as error:
        return f"refused: {error.message}"


def _run(company_id: int, on: date, actor: Any) -> str:
    policy = policy_of(company_id)
    if not policy.proposes_daily or not levels_of(company_id):
        return "not asked for"
    if DunningRun.objects.filter(company_id=company_id, status__in=DunningRun.OPEN).exists():
        return "a run is open"
    if not proposed_letters(company_id, on):
        return "nothing overdue"
    run = propose_dunning_run(draft_dunning_run(company_id=company_id, as_of=on, actor=actor), actor=actor)
    if not policy.posts_by_itself:
        return f"{run.letters} letters proposed"
    run = post_dunning_run(run, actor=actor)
    if not policy.sends_by_mail:
        return f"{run.letters} letters issued"
    sent = refused = 0
    for notice in DunningNotice.objects.filter(run=run, status=DunningNotice.Status.ISSUED).order_by("pk"):
        try:
            send_notice(notice, actor=actor)
            sent += 1
        except BusinessError:
            refused += 1
    return f"{run.letters} letters issued, {sent} sent, {refused} without an address"
