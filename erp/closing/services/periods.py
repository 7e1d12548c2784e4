"""The lock of a period. Postings under way are waited for, and wait for the lock."""

from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.closing.models import ClosingWaiver
from erp.closing.selectors import checklist
from suite.kernel.audit.models import StatusChange
from suite.kernel.calendars.models import Period
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.users.service_user import recorded_id

Status = Period.Status


@transition(
    Period, "close", source={Status.OPEN, Status.SOFT_CLOSED}, target=None, label=gettext_lazy("Close"), icon="lock", is_dangerous=True,
    order=20,
)
def close_period(
    period: Period, *, actor: Any, act: Act, waive: Sequence[str] = (), is_soft: bool = False, reason: str = "",
) -> None:
    """Nothing posts into the period any more; soft: only who may close periods still does.

    Raises Refusal while an item of the checklist stands in the way and is not waived by name, with a reason that stays on record (soft closing
    asks nothing).
    """
    period.status = Status.SOFT_CLOSED if is_soft else Status.CLOSED
    if is_soft:
        return
    open_checks = [check for check in checklist(period) if not check.is_in_order]
    for check in open_checks:
        if check.name not in waive:
            raise Refusal(
                _("%(label)s: %(findings)s. The period was not closed.")
                % {"label": check.label, "findings": ", ".join(str(finding) for finding in check.findings[:3])},
                code=check.name, hint=_("Put it in order, or waive it by its name: %(name)s.") % {"name": check.name},
            )
    if open_checks and not reason.strip():
        raise Refusal(_("Items of the checklist are waived for a reason; the period was not closed."), field="reason", hint=_("Say why."))
    ClosingWaiver.objects.bulk_create(
        ClosingWaiver(
            company_id=period.company_id, period=period, check_name=check.name, findings=len(check.findings), reason=reason.strip()[:200],
            waived_by_id=recorded_id(actor),
        )
        for check in open_checks
    )


@transition(
    Period, "reopen", source={Status.CLOSED, Status.SOFT_CLOSED}, target=Status.OPEN, label=gettext_lazy("Reopen"), icon="lock-open",
    is_dangerous=True, order=80,
)
def reopen_period(period: Period, *, actor: Any, act: Act, reason: str = "") -> None:
    """Postings are possible again; reports issued for the period no longer stand. Raises Refusal: no reason, or by whoever closed it."""
    if not reason.strip():
        raise Refusal(_("A closed period is reopened for a reason; it stays closed."), field="reason", hint=_("Say why."))
    kind = ContentType.objects.get_for_model(Period)
    last = StatusChange.objects.filter(content_type=kind, object_id=period.pk, after=Status.CLOSED).order_by("-pk").first()
    if act.before == Status.CLOSED and last and last.actor_id == recorded_id(actor):
        raise Refusal(
            _("Whoever closed a period does not reopen it; it stays closed."), code="four_eyes", hint=_("Ask a colleague to reopen it."),
        )
