"""Claims in the books: cost and tax against what the employee has in hand and is owed (PAY-6), and their reversal."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.claims.models import EmployeeAdvance, ExpenseClaim
from erp.claims.rules import covering
from erp.claims.signals import claim_posted
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import EntryLine
from erp.ledger.selectors import accounts_of
from erp.ledger.services import begin_entry, complete_entry, mirror_entry
from erp.receivables.models import ClearingItem
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.transitions import Act, transition

Status = ExpenseClaim.Status


@transition(
    ExpenseClaim, "post", source={Status.APPROVED}, target=Status.POSTED, label=gettext_lazy("Post"), after=claim_posted, icon="file-check", order=15,
)
def post_claim(claim: ExpenseClaim, *, actor: Any, act: Act, ledger_date: date | None = None) -> None:
    """PAY-6: cost and input tax; the employee's advances cover it, the oldest first, the rest is owed to them. Dated the last expense's day
    unless said otherwise. Raises Refusal: closed period, missing role."""
    lines = list(claim.lines.select_related("type").order_by("position"))
    claim.ledger_date = ledger_date or max(line.spent_on for line in lines)
    entry = begin_entry(
        company_id=claim.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=claim.ledger_date, actor=actor, source_key=claim.key,
        description=f"{claim.number} {claim.claimant}: {claim.purpose}",
    )
    advances = lock(EmployeeAdvance.objects.filter(company_id=claim.company_id, claimant_id=claim.claimant_id, open_amount__gt=0))
    parts = covering(claim.gross, [(advance.pk, advance.open_amount) for advance in advances])
    keys = {advance.pk: advance.key for advance in advances}
    claim.covered = sum((amount for _pk, amount in parts), Decimal(0))
    owed = claim.gross - claim.covered
    party = claim.claimant_id
    booked = [
        EntryLine(account_id=line.type.account_id, amount=line.net) if line.type.account_id else EntryLine(AccountRole.EXPENSE, amount=line.net)
        for line in lines
    ]
    booked += [
        EntryLine(AccountRole.INPUT_TAX, amount=claim.tax),
        EntryLine(AccountRole.EMPLOYEE_ADVANCES, amount=-claim.covered, party_id=party),
        EntryLine(AccountRole.EMPLOYEE_PAYABLE, amount=-owed, party_id=party),
    ]
    items = [employee_item(entry, AccountRole.EMPLOYEE_ADVANCES, claim.claimant_id, keys[pk], -amount, by=claim.key) for pk, amount in parts]
    if owed:
        items.append(employee_item(entry, AccountRole.EMPLOYEE_PAYABLE, claim.claimant_id, claim.key, -owed))
    complete_entry(entry, booked, actor, beside=(items,))
    claim.entry = entry
    claim.open_amount = owed
    if not owed:
        claim.status = Status.PAID
    act.payload.update(gross=str(claim.gross), covered=str(claim.covered))


def employee_item(entry: JournalEntry, role: AccountRole, party_id: int, key: str, amount: Decimal, *, by: str = "") -> ClearingItem:
    """A row, not yet written, for what an entry puts on an account of employees; `key` names the advance or claim, `by` what moved it.

    Units of the item are its currency: a claim without amount has none, as the doctor expects of every clearing item.
    """
    return ClearingItem(
        company_id=entry.company_id, entry=entry, role=role, account_id=accounts_of(entry.company_id).of(role), order_line_key=f"kernel.party:{party_id}",
        line_key=key, invoice_line_key=by, quantity=amount, amount=amount,
    )


def mirror_items(entry: JournalEntry, mirror: JournalEntry) -> None:
    """Writes the clearing items of an entry with the other sign for its mirror."""
    ClearingItem.objects.bulk_create([
        ClearingItem(
            company_id=item.company_id, entry=mirror, role=item.role, account_id=item.account_id, order_line_key=item.order_line_key,
            line_key=item.line_key, invoice_line_key=item.invoice_line_key, quantity=-item.quantity, amount=-item.amount,
        )
        for item in ClearingItem.objects.filter(entry_id=entry.pk).order_by("pk")
    ])


@transition(
    ExpenseClaim, "reverse", source={Status.POSTED, Status.PAID}, target=Status.REVERSED, label=gettext_lazy("Reverse"), icon="arrow-back-up",
    is_dangerous=True, order=90,
)
def reverse_claim(claim: ExpenseClaim, *, actor: Any, act: Act, on: date | None = None, reason: str = "") -> None:
    """The mirror of the claim's entry, dated `on` (today); the advances that covered it are open again.

    Raises Refusal: paid back already, dated before the claim's entry, closed period.
    """
    on = on or max(timezone.localdate(), claim.ledger_date)
    if on < claim.ledger_date:
        raise Refusal(_("A reversal is not dated before its claim; nothing was done."), field="on", code="too_early")
    if claim.payments.filter(status="posted").exists():
        raise Refusal(
            _("%(claim)s is paid back; nothing was done.") % {"claim": claim}, code="claim_paid", hint=_("Reverse the payment to the employee first."),
        )
    mirror = mirror_entry(
        claim.entry, on=on, actor=actor, source_key=f"{claim.key}/reversed", description=f"Reversal of {claim.number} {reason}".strip(),
    )
    mirror_items(claim.entry, mirror)
    claim.open_amount = Decimal(0)
