"""Accounts that documents in a fiscal position go to."""

from dataclasses import replace
from datetime import date

from erp.ledger.rules import Assigned
from erp.receivables.models import FiscalPositionAccount
from erp.receivables.rules import PostingFacts
from suite.kernel.documents.models import Document
from suite.kernel.parties.models import Party
from suite.kernel.taxes.selectors import position_of


def map_accounts(document: Document, party_id: int, facts: PostingFacts, *, on: date) -> None:
    """Where the party's fiscal position names an account for a role, facts say that one, and the document which position it was. Nothing is asked
    of the database where no position has accounts.
    """
    if not facts.has_position_accounts:
        return
    position = position_of(company_id=document.company_id, party=Party.objects.get(pk=party_id), on=on)
    if position is None:
        return
    document.fiscal_position_id = position.id
    mapped = dict(FiscalPositionAccount.objects.filter(fiscal_position=position.id).values_list("role", "account_id"))
    kept = [row for row in facts.accounts.assigned if row.role not in mapped]
    facts.accounts = replace(
        facts.accounts, assigned=[*kept, *(Assigned(role, account_id, None, None, None) for role, account_id in mapped.items())],
    ) if mapped else facts.accounts

