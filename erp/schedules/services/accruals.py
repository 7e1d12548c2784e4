"""Costs that belong to a period although no bill has come."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.models import Account, Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, post_entry
from erp.schedules.models import Accrual
from erp.schedules.services.reversals import day_after_period, schedule_reversal
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition

Status = Accrual.Status


@transition(Accrual, "post", source={Status.DRAFT}, target=Status.POSTED, label=gettext_lazy("Post"), icon="check", order=10)
def post_accrual(accrual: Accrual, *, actor: Any, act: Act) -> None:
    """CLS-4: the cost against accrued expenses, without input tax, to be reversed on day 1 of the next period.

    Raises Refusal: a control account, a closed period.
    """
    if accrual.account_id and accrual.account.control != Account.Control.NONE:
        raise Refusal(
            _("%(account)s is a control account; nothing was posted.") % {"account": accrual.account}, field="account", code="control_account",
            hint=_("Choose an expense account."),
        )
    expense = {"account_id": accrual.account_id} if accrual.account_id else {"role": AccountRole.EXPENSE}
    accrual.entry = post_entry(
        company_id=accrual.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=accrual.accrued_on, actor=actor, source_key=accrual.key,
        description=accrual.description, lines=[
            EntryLine(**expense, amount=accrual.amount, description=accrual.description),
            EntryLine(AccountRole.ACCRUED_EXPENSES, amount=-accrual.amount, party_id=accrual.party_id),
        ],
    )
    schedule_reversal(entry=accrual.entry, reverse_on=day_after_period(accrual.company_id, accrual.accrued_on), actor=actor)
