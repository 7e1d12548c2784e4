"""The second pair of eyes."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.paymentruns.models import PaymentBatch
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.users.service_user import recorded_id

Status = PaymentBatch.Status


@transition(PaymentBatch, "approve", source={Status.PROPOSED}, target=Status.APPROVED, label=gettext_lazy("Approve"), icon="shield-check", order=10)
def approve_batch(batch: PaymentBatch, *, actor: Any, act: Act) -> None:
    """Somebody else than the proposer approves every line as it stands. Raises Refusal for the proposer."""
    if recorded_id(actor) in (batch.created_by_id, None):
        raise Refusal(
            _("You proposed %(batch)s yourself; it was not approved.") % {"batch": batch}, code="four_eyes",
            hint=_("Ask a colleague to look at it and approve it."),
        )
    batch.approved_by_id, batch.approved_at, batch.approved_hash = recorded_id(actor), timezone.now(), fingerprint(batch)


def fingerprint(batch: PaymentBatch) -> str:
    """What stands in the batch and behind its lines at this moment, in one word; the database keeps it with the approval."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT erp_payment_batch_hash(%s)", [batch.pk])
        return cursor.fetchone()[0]


@transition(
    PaymentBatch, "approve_accounts", source={Status.PROPOSED, Status.APPROVED}, target=None, label=gettext_lazy("Vouch for new bank accounts"),
    icon="user-shield", order=12, offered=lambda batch: batch.lines.filter(is_watched=True, vouched_by=None).exists(),
)
def approve_accounts(batch: PaymentBatch, *, actor: Any, act: Act, lines: Sequence[int] | None = None) -> None:
    """The lines (all that wait, or those named) go to accounts that were changed lately, and somebody vouches that they are the suppliers'.

    Raises Refusal for whoever proposed the batch or entered an account, and where nothing waits.
    """
    waiting = batch.lines.filter(is_watched=True, vouched_by=None).select_related("payee_account", "party")
    waiting = list(waiting if lines is None else waiting.filter(pk__in=lines))
    if not waiting:
        raise Refusal(_("No line of %(batch)s waits for this; nothing was done.") % {"batch": batch}, code="nothing_waits")
    person = recorded_id(actor)
    for line in waiting:
        if person in (batch.created_by_id, line.payee_account.created_by_id, line.payee_account.changed_by_id, None):
            raise Refusal(
                _("You proposed the batch or entered the account of %(party)s (line %(position)s); nothing was approved.")
                % {"party": line.party, "position": line.position}, field=f"lines/{line.position}", code="four_eyes",
                hint=_("Ask a colleague to call the supplier and approve it."),
            )
    batch.lines.filter(pk__in=[line.pk for line in waiting]).update(vouched_by_id=person, vouched_at=timezone.now())
    act.payload["lines"] = [line.position for line in waiting]
    batch.status = act.before


@transition(
    PaymentBatch, "cancel", source={Status.PROPOSED, Status.APPROVED}, target=Status.CANCELLED, label=gettext_lazy("Cancel"), icon="x", is_dangerous=True,
    order=80,
)
def cancel_batch(batch: PaymentBatch, *, actor: Any, act: Act, reason: str = "") -> None:
    """Nothing is paid; its bills are free for another batch."""
