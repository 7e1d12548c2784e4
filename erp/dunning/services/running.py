"""A run is drafted, worked out, worked out again, or discarded. Nothing reaches the books before it is posted."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.dunning.models import DunningNotice, DunningNoticeLine, DunningRun
from erp.dunning.rules import Proposal
from erp.dunning.selectors import levels_of, policy_of, proposed_letters
from suite.access.permissions import may
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.users.service_user import recorded_id

Status = DunningRun.Status
BATCH = 2_000


@editing(DunningRun)
def refuse_bad_run(run: DunningRun, *, actor: Any) -> None:
    """Raises Refusal: a day to come, no levels, a run that is not finished yet."""
    company_id = run.company_id or actor.company_id
    if run.as_of > timezone.localdate():
        raise Refusal(_("Nobody is dunned for a day to come; nothing was saved."), field="as_of", code="future", hint=_("Choose today or a day before."))
    if not levels_of(company_id):
        raise Refusal(
            _("There are no dunning levels; nothing was saved."), code="no_levels", hint=_("Set up levels under Receivables, Dunning levels, first."),
        )
    if DunningRun.objects.filter(company_id=company_id, status__in=DunningRun.OPEN).exclude(pk=run.pk).exists():
        raise _open_already()


def _open_already() -> Refusal:
    return Refusal(
        _("There is an open dunning run already; nothing was saved."), code="one_open_dunning_run", hint=_("Post or discard it first."),
    )


def draft_dunning_run(*, company_id: int, as_of: date, actor: Any, customer_id: int | None = None) -> DunningRun:
    """A draft of the company's only open run. Raises PermissionDenied, and Refusal: a day to come, no levels, another run is open."""

    def draft() -> DunningRun:
        if not may(actor, DunningRun, "add"):
            raise PermissionDenied(_("You may not start a dunning run."))
        run = DunningRun(company_id=company_id, as_of=as_of, customer_id=customer_id, created_by_id=recorded_id(actor))
        refuse_bad_run(run, actor=actor)
        try:
            with transaction.atomic():
                return insert_row(run)
        except IntegrityError as error:
            if "one_open_dunning_run" not in str(error):
                raise
            raise _open_already() from None

    return in_unit_of_work(draft, actor=actor)


@transition(
    DunningRun, "propose", source=DunningRun.OPEN, target=Status.PROPOSED, label=gettext_lazy("Propose letters"), icon="list-search", order=10,
)
def propose_dunning_run(run: DunningRun, *, actor: Any, act: Act) -> None:
    """The letters of the run, as its preview shows them, to be looked at one by one. Done again it works everything out anew."""
    run.notices.all().delete()
    letters = proposed_letters(run.company_id, run.as_of, customer_id=run.customer_id)
    pay_by = run.as_of + timedelta(days=policy_of(run.company_id).days_to_pay)
    notices = DunningNotice.objects.bulk_create([_notice(run, letter, pay_by, actor) for letter in letters], batch_size=BATCH)
    DunningNoticeLine.objects.bulk_create([
        DunningNoticeLine(
            company_id=run.company_id, notice=notice, run=run, position=position, item_id=line.item_id, level_before=line.level_before, level=line.level,
            days_overdue=line.days_overdue, open_amount=line.open_amount, interest_from=line.interest_from, interest=line.interest,
        )
        for notice, letter in zip(notices, letters, strict=True) for position, line in enumerate(letter.lines, 1)
    ], batch_size=BATCH)
    run.letters = len(notices)
    act.payload["letters"] = len(notices)


def _notice(run: DunningRun, letter: Proposal, pay_by: date, actor: Any) -> DunningNotice:
    return DunningNotice(
        company_id=run.company_id, run=run, customer_id=letter.customer_id, currency_id=letter.currency_id, level_id=letter.level.pk, issued_on=run.as_of,
        pay_by=pay_by, overdue=letter.overdue, credits=letter.credits, charges_before=letter.charges_before, fee=letter.fee, interest=letter.interest,
        total=letter.total, created_by_id=recorded_id(actor),
    )


@transition(
    DunningRun, "discard", source=DunningRun.OPEN, target=Status.DISCARDED, label=gettext_lazy("Discard"), icon="trash", is_dangerous=True, order=80,
)
def discard_dunning_run(run: DunningRun, *, actor: Any, act: Act, reason: str = "") -> None:
    """Nothing of the run happens; its proposed letters are gone."""
    run.notices.all().delete()
    run.letters = 0
