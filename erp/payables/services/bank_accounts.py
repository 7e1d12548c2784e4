"""Where suppliers are paid: entered by one person, approved by another."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.payables.models import SupplierBankAccount
from erp.payables.rules import is_iban
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row
from suite.kernel.users.service_user import recorded_id

Status = SupplierBankAccount.Status


def enter_supplier_bank_account(*, company_id: int, supplier_id: int, iban: str, holder: str, actor: Any, bic: str = "") -> SupplierBankAccount:
    """A bank account that waits for a second person. Raises Refusal for an IBAN whose check digits are wrong."""

    def enter() -> SupplierBankAccount:
        account = SupplierBankAccount(
            company_id=company_id, supplier_id=supplier_id, iban=iban, holder=holder, bic=bic, created_by_id=recorded_id(actor),
        )
        prepare_bank_account(account, actor=actor)
        return insert_row(account)

    return in_unit_of_work(enter, actor=actor)


@editing(SupplierBankAccount)
def prepare_bank_account(account: SupplierBankAccount, *, actor: Any) -> None:
    """The IBAN as banks write it, and who entered it last. Raises Refusal for wrong check digits."""
    account.iban = account.iban.replace(" ", "").upper()
    account.bic = account.bic.replace(" ", "").upper()
    account.changed_by_id = recorded_id(actor)
    if not is_iban(account.iban):
        raise Refusal(
            _("%(iban)s is no IBAN: its check digits are wrong. Nothing was saved.") % {"iban": account.iban}, field="iban", code="not_an_iban",
            hint=_("Type it again from the supplier's letter."),
        )


@transition(
    SupplierBankAccount, "approve", source={Status.DRAFT}, target=Status.APPROVED, label=gettext_lazy("Approve"), icon="shield-check", order=10,
)
def approve_bank_account(account: SupplierBankAccount, *, actor: Any, act: Act) -> None:
    """The second person vouches for it. Raises Refusal for whoever entered or changed it."""
    if recorded_id(actor) in (account.created_by_id, account.changed_by_id, None):
        raise Refusal(
            _("You entered %(account)s yourself; it was not approved.") % {"account": account}, code="four_eyes",
            hint=_("Ask a colleague to compare it with the supplier's letter and approve it."),
        )
    account.approved_by_id, account.approved_at = recorded_id(actor), timezone.now()


@transition(
    SupplierBankAccount, "retire", source={Status.DRAFT, Status.APPROVED}, target=Status.RETIRED, label=gettext_lazy("Retire"), icon="archive",
    is_dangerous=True, order=80,
)
def retire_bank_account(account: SupplierBankAccount, *, actor: Any, act: Act, reason: str = "") -> None:
    """No payment goes there any more."""
