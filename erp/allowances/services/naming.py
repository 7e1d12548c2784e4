"""Judging an item by itself."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from erp.allowances.models import NamedRisk
from erp.ledger.models import AccountAssignment
from erp.ledger.roles import AccountRole
from erp.receivables.models import OpenItem
from suite.access.permissions import may
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work


@editing(NamedRisk)
def refuse_bad_risk(risk: NamedRisk, *, actor: Any) -> None:
    """Raises Refusal: no reason, an item that is not owed by a customer."""
    risk.reason = " ".join(risk.reason.split())
    if not risk.reason:
        raise Refusal(_("Say why the item is judged by itself; nothing was saved."), field="reason", code="named_risk_has_a_reason")
    item = risk.item
    is_receivable = AccountAssignment.objects.filter(company_id=item.company_id, role=AccountRole.AR, account_id=item.account_id).exists()
    if not is_receivable or item.amount <= 0:
        raise Refusal(_("%(item)s is nothing that a customer owes; nothing was saved.") % {"item": item}, field="item", code="foreign_item")


def name_risk(*, item: OpenItem, percent: Decimal, reason: str, actor: Any) -> NamedRisk:
    """The item's own percent from now on, in place of what was judged before. Raises PermissionDenied, Refusal."""

    def name() -> NamedRisk:
        if not may(actor, NamedRisk, "add"):
            raise PermissionDenied(_("You may not judge items."))
        risk = NamedRisk.objects.filter(item=item).first() or NamedRisk(company_id=item.company_id, item=item)
        risk.percent, risk.reason = percent, reason
        refuse_bad_risk(risk, actor=actor)
        risk.save()
        return risk

    return in_unit_of_work(name, actor=actor)
