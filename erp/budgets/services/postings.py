"""The books ask whether what they post stays within budgets."""

from typing import Any

from erp.budgets.models import Level
from erp.budgets.services.committing import CommittedLine, reduce_commitment
from erp.budgets.services.control import Look, look_at_budget
from erp.ledger.models import JournalEntry, JournalLine
from erp.ledger.signals import budget_asked


@budget_asked.answered_by
def look_at_entry(*, entry: JournalEntry, document: Any, releases: str, actor: Any) -> None:
    """Has the entry looked at before commit; first what its document had committed is reduced by what arrives with it."""
    if releases:
        arrived = JournalLine.objects.filter(entry_id=entry.pk, debit__gt=0).values_list("account_id", "debit")
        reduce_commitment(
            company_id=entry.company_id, source_key=releases, actor=actor,
            lines=[CommittedLine(account_id=account_id, amount=amount, expected_on=entry.ledger_date) for account_id, amount in arrived],
        )
    look_at_budget(Look(entry.company_id, document.key, Level.ACTUAL.value, entries=(entry.pk,)))
