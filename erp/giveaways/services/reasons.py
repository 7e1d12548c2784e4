"""Why goods are given away."""

from typing import Any

from django.utils.translation import gettext as _

from erp.giveaways.models import DispatchReason
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work

USUAL = (("SAMPLE", "Sample"), ("GIFT", "Gift"))


@editing(DispatchReason)
def refuse_other_accounts(reason: DispatchReason, *, actor: Any) -> None:
    """Raises Refusal: an account that bears no expense, or is kept by its own documents."""
    if reason.account.type != Account.Type.EXPENSE or reason.account.control != Account.Control.NONE:
        raise Refusal(
            _("%(account)s is no plain expense account; nothing was saved.") % {"account": reason.account}, field="account", code="expense_account",
            hint=_("Choose the account that bears the cost of what is given away."),
        )


def set_up_reasons(*, company_id: int, actor: Any) -> list[DispatchReason]:
    """The company's reasons; samples and gifts on general expenses where it has none yet."""

    def set_up() -> list[DispatchReason]:
        known = list(DispatchReason.objects.filter(company_id=company_id))
        account = accounts_of(company_id).of(AccountRole.EXPENSE)
        return known or [DispatchReason.objects.create(company_id=company_id, code=code, name=name, account_id=account) for code, name in USUAL]

    return in_unit_of_work(set_up, actor=actor)
