"""Bills for a time to come: the line waits on prepaid expenses (P2P-19), and each month bears its part (P2P-20)."""

from decimal import Decimal
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.ledger.roles import AccountRole
from erp.ledger.rules import Wanted
from erp.ledger.selectors import accounts_for
from erp.payables.models import SupplierBill, SupplierBillLine
from erp.payables.selectors import books_nets
from erp.payables.signals import bill_posted, bill_reversed
from erp.schedules.models import Deferral
from erp.schedules.services.deferrals import activate_deferral, plan_deferral
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.users.models import User
from suite.kernel.users.service_user import recorded_id, service_user


@receiver(bill_posted)
def defer_lines(sender: type, document: SupplierBill, act: Act, **kwargs: Any) -> None:
    """A deferral, active at once, for each line that is for a time. Raises Refusal, and the bill is not posted: a credited line whose parts
    are not all released, a time that was over before the bill."""
    if document.kind == SupplierBill.Kind.CREDIT_NOTE:
        _refuse_unreleased(document)
        return
    lines = list(document.lines.filter(deferral_from__isnull=False).select_related("product").order_by("position"))
    worths = books_nets(document) if lines else {}
    for line in lines:
        _defer(document, line, worths[line.pk], act)


def _defer(bill: SupplierBill, line: SupplierBillLine, amount: Decimal, act: Act) -> None:
    wanted = Wanted(AccountRole.EXPENSE, product_id=line.product_id)
    account_id = line.account_id or accounts_for(bill.company_id, {wanted})[wanted]
    if amount <= 0:
        raise Refusal(
            _("Line %(position)s is below zero and for a time; the bill was not posted.") % {"position": line.position}, field="deferral_from",
            hint=_("Take the time off the line."),
        )
    deferral = Deferral.objects.create(
        company_id=bill.company_id, kind=Deferral.Kind.EXPENSE, description=f"{bill.supplier}: {line}"[:200], party_id=bill.supplier_id,
        account_id=account_id, amount=amount, booked_on=bill.ledger_date, is_moved=False, starts_on=line.deferral_from, ends_on=line.deferral_until,
        bill_line=line, created_by_id=recorded_id(act.actor),
    )
    plan_deferral(deferral, actor=act.actor)
    activate_deferral(deferral, actor=_on_behalf(act))


def _on_behalf(act: Act) -> User:
    # Whoever may post the bill need not have the right to deferrals: the bill says it.
    return service_user(on_behalf_of=recorded_id(act.actor), company_id=act.document.company_id)


def _refuse_unreleased(note: SupplierBill) -> None:
    lines = note.lines.exclude(corrects=None).values("corrects")
    for deferral in Deferral.objects.filter(bill_line__in=lines, status=Deferral.Status.ACTIVE):
        raise Refusal(
            _("%(deferral)s still has parts to come; the credit note was not posted.") % {"deferral": deferral.description}, code="deferral_not_released",
            hint=_("Release the rest of the deferral first: the credit then meets the cost."),
        )


@receiver(bill_reversed)
def stop_deferrals(sender: type, document: SupplierBill, act: Act, **kwargs: Any) -> None:
    """The deferrals of a reversed bill are cancelled. Raises Refusal where a part is released: then the bill is not reversed."""
    for deferral in Deferral.objects.filter(bill_line__bill=document).order_by("pk"):
        cancel_deferral(deferral, actor=_on_behalf(act))


@transition(
    Deferral, "cancel", source={Deferral.Status.ACTIVE}, target=Deferral.Status.CANCELLED, label=gettext_lazy("Cancel"), icon="ban", is_dangerous=True,
    order=90, offered=lambda deferral: False,
)
def cancel_deferral(deferral: Deferral, *, actor: Any, act: Act) -> None:
    """Nothing of it will be released: its bill was reversed. Raises Refusal: a part is released, no bill that was reversed."""
    lock_one(Deferral, deferral.pk)
    if deferral.bill_line_id is None or deferral.bill_line.bill.status != SupplierBill.Status.REVERSED or deferral.instalments.exclude(entry=None).exists():
        raise Refusal(
            _("Parts of %(deferral)s are released, or its bill stands; nothing was done.") % {"deferral": deferral.description}, code="deferral_released",
            hint=_("Release the rest, then record what the supplier credits."),
        )
