"""A tax return from the ledger to the authority's account."""

import json
from datetime import date
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.closing.services import pay_from_bank
from erp.compliance.models import TaxReturn, TaxReturnBox, TaxReturnEntry
from erp.compliance.rules import PROFILES
from erp.compliance.selectors import reported_by
from erp.ledger.models import Journal
from erp.ledger.roles import AccountRole
from erp.ledger.services import EntryLine, post_entry
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition

Status = TaxReturn.Status


@transition(TaxReturn, "compute", source={Status.OPEN, Status.COMPUTED}, target=Status.COMPUTED, label=gettext_lazy("Compute"), icon="calculator", order=10)
def compute_return(tax_return: TaxReturn, *, actor: Any, act: Act) -> None:
    """Boxes and entries from the ledger as it is now; repeatable until the return is filed."""
    reported, entries = reported_by(tax_return)
    tax_return.entries.all().delete()
    tax_return.boxes.all().delete()
    # An entry counted by another return that was computed and not filed moves to this one.
    TaxReturnEntry.objects.filter(entry_id__in=[entry.entry_id for entry in entries]).delete()
    TaxReturnEntry.objects.bulk_create(
        TaxReturnEntry(
            company_id=tax_return.company_id, tax_return=tax_return, entry_id=entry.entry_id, output_tax=entry.output_tax, input_tax=entry.input_tax,
            is_correction=entry.ledger_date < tax_return.starts_on,
        )
        for entry in entries
    )
    TaxReturnBox.objects.bulk_create(
        TaxReturnBox(company_id=tax_return.company_id, tax_return=tax_return, position=place, code=box.code, label=str(box.label), amount=box.amount(reported))
        for place, box in enumerate(PROFILES[tax_return.profile], 1)
    )
    tax_return.output_tax, tax_return.input_tax = reported.output_tax, reported.input_tax
    tax_return.payable = reported.output_tax - reported.input_tax


@transition(TaxReturn, "file", source={Status.COMPUTED}, target=Status.FILED, label=gettext_lazy("File"), icon="send", is_dangerous=True, order=20)
def file_return(tax_return: TaxReturn, *, actor: Any, act: Act, filed_on: date | None = None, settled_on: date | None = None) -> None:
    """TAX-1: the return as it stands is locked, and its tax moved to what is payable, dated the last day of its time (or `settled_on`).

    Raises Refusal: the ledger moved since it was computed, an earlier return is not filed, the period of the settlement is closed.
    """
    if TaxReturn.objects.filter(company_id=tax_return.company_id, ends_on__lt=tax_return.starts_on, status__in=(Status.OPEN, Status.COMPUTED)).exists():
        raise Refusal(_("An earlier return is not filed; nothing was filed."), code="earlier_return_open", hint=_("File the earlier one first."))
    _reported, entries = reported_by(tax_return)
    kept = {row.entry_id: (row.output_tax, row.input_tax) for row in tax_return.entries.all()}
    if kept != {entry.entry_id: (entry.output_tax, entry.input_tax) for entry in entries}:
        raise Refusal(
            _("The ledger has moved since the return was computed; nothing was filed."), code="computed_before",
            hint=_("Compute it again, look at it, and file it."),
        )
    tax_return.filed_on = filed_on or timezone.localdate()
    tax_return.snapshot = sha256(snapshot_text(tax_return).encode()).hexdigest()
    if tax_return.output_tax or tax_return.input_tax:
        tax_return.entry = post_entry(
            company_id=tax_return.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=settled_on or tax_return.ends_on, actor=actor,
            source_key=tax_return.key, description=_("Tax %(time)s") % {"time": tax_return}, lines=[
                EntryLine(AccountRole.OUTPUT_TAX, amount=tax_return.output_tax), EntryLine(AccountRole.INPUT_TAX, amount=-tax_return.input_tax),
                EntryLine(AccountRole.TAX_PAYABLE, amount=-tax_return.payable),
            ],
        )


def snapshot_text(tax_return: TaxReturn) -> str:
    """What the return's hash covers: its time, its boxes and every entry with its tax."""
    return json.dumps({
        "company": tax_return.company_id, "from": str(tax_return.starts_on), "to": str(tax_return.ends_on), "profile": tax_return.profile,
        "boxes": [[box.code, f"{box.amount:.3f}"] for box in tax_return.boxes.order_by("position")],
        "entries": [[row.entry_id, f"{row.output_tax:.3f}", f"{row.input_tax:.3f}"] for row in tax_return.entries.order_by("entry_id")],
    }, sort_keys=True)


@transition(TaxReturn, "pay", source={Status.FILED}, target=Status.PAID, label=gettext_lazy("Pay"), icon="cash", order=30)
def pay_return(tax_return: TaxReturn, *, actor: Any, act: Act, bank_account_id: int, paid_on: date | None = None) -> None:
    """TAX-2: what is payable leaves the bank; a refund due comes in. Raises Refusal: nothing to pay, before it was filed, a closed period."""
    tax_return.paid_on = paid_on or timezone.localdate()
    if not tax_return.payable:
        raise Refusal(_("Nothing is payable for %(return)s; nothing was posted.") % {"return": tax_return}, code="nothing_payable")
    if tax_return.paid_on < tax_return.starts_on:
        raise Refusal(_("It is not paid before its time has begun; nothing was posted."), field="paid_on")
    tax_return.payment_entry = pay_from_bank(
        company_id=tax_return.company_id, bank_account_id=bank_account_id, on=tax_return.paid_on, source_key=f"{tax_return.key}/payment", actor=actor,
        description=_("Tax paid %(time)s") % {"time": tax_return}, line=EntryLine(AccountRole.TAX_PAYABLE, amount=tax_return.payable),
    )
