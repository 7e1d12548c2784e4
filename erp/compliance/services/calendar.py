"""What falls due by law, put on the calendar and taken off it with proof."""

from datetime import date, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.compliance.models import Obligation, ObligationTask, TaxReturn
from erp.schedules.rules import MONTHS, add_months
from suite.kernel.attachments.models import Attachment
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id

Status = ObligationTask.Status


def plan_tasks(*, company_id: int, on: date, actor: Any) -> list[ObligationTask]:
    """The tasks of every time that has begun by `on`, with the tax return of each where the obligation is one. Repeating it adds only what is new."""

    def plan() -> list[ObligationTask]:
        made = []
        for obligation in Obligation.objects.filter(company_id=company_id, is_active=True, starts_on__lte=on).order_by("pk"):
            known = set(obligation.tasks.values_list("ends_on", flat=True))
            begin = obligation.starts_on
            while begin <= on:
                after = add_months(begin, MONTHS[obligation.every])
                if (end := after - timedelta(days=1)) not in known:
                    made.append(_plan(obligation, begin, end, actor))
                begin = after
        return made

    return in_unit_of_work(plan, actor=actor)


def _plan(obligation: Obligation, begin: date, end: date, actor: Any) -> ObligationTask:
    task = ObligationTask.objects.create(
        company_id=obligation.company_id, obligation=obligation, starts_on=begin, ends_on=end, due_on=end + timedelta(days=obligation.days),
        owner_id=obligation.owner_id, created_by_id=recorded_id(actor),
    )
    if obligation.kind == Obligation.Kind.TAX_RETURN:
        TaxReturn.objects.get_or_create(
            company_id=obligation.company_id, starts_on=begin, defaults={"ends_on": end, "task": task, "created_by_id": recorded_id(actor)})
    return task


@transition(ObligationTask, "complete", source={Status.OPEN}, target=Status.DONE, label=gettext_lazy("Complete"), icon="check", order=10)
def complete_task(task: ObligationTask, *, actor: Any, act: Act, reason: str = "") -> None:
    """Done today, proven by a file on the task. Raises Refusal: no file, or its tax return is not filed."""
    if not Attachment.objects.filter(content_type=ContentType.objects.get_for_model(ObligationTask), object_id=task.pk).exists():
        raise Refusal(
            _("Nothing proves that %(task)s is done; it stays open.") % {"task": task}, code="no_evidence",
            hint=_("Attach the receipt or the signed document to the task."),
        )
    if task.returns.filter(status__in=(TaxReturn.Status.OPEN, TaxReturn.Status.COMPUTED)).exists():
        raise Refusal(_("The tax return of %(task)s is not filed; it stays open.") % {"task": task}, code="return_not_filed", hint=_("File the return first."))
    task.done_on = timezone.localdate()
