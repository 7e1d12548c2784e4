"""Leave to exceed a budget."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils.translation import gettext as _

from erp.budgets.models import BudgetOverride
from suite.access.permissions import may
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.users.service_user import recorded_id


@editing(BudgetOverride)
def name_who_allows(override: BudgetOverride, *, actor: Any) -> None:
    """Whoever enters it is who allows it. Raises Refusal: no reason."""
    override.document_key, override.reason = override.document_key.strip(), override.reason.strip()
    if not override.reason:
        raise Refusal(_("Leave to exceed a budget is given for a reason; nothing was saved."), field="reason", code="reason_missing", hint=_("Say why."))
    override.approved_by_id = recorded_id(actor)


def override_budget(*, company_id: int, document_key: str, amount: Decimal, reason: str, actor: Any) -> BudgetOverride:
    """Lets a document exceed blocked budgets by at most `amount` on each line. Raises PermissionDenied; Refusal: its own author, no such document."""

    def allow() -> BudgetOverride:
        if not may(actor, BudgetOverride, "add"):
            raise PermissionDenied("erp.add_budgetoverride")
        override = BudgetOverride(company_id=company_id, document_key=document_key, amount=amount, reason=reason)
        name_who_allows(override, actor=actor)
        try:
            override.save()
        except IntegrityError as error:
            told = getattr(error.__cause__, "diag", None)
            if getattr(told, "constraint_name", "") not in {"override_four_eyes", "override_of_document"}:
                raise
            raise Refusal(
                _("%(reason)s; nothing was saved.") % {"reason": told.message_primary}, field="document_key", code=told.constraint_name,
                hint=_("Ask a colleague who may allow it."),
            ) from error
        return override

    return in_unit_of_work(allow, actor=actor)
