"""Every role in one table. A pattern is a permission, with * for any part: "crm.*", "*.view_*"."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Role:
    """What a role is called, which home it opens, and what it may do."""

    label: str
    home: str
    can: tuple[str, ...]
    never: tuple[str, ...] = ()

    def allows(self, permission: str) -> bool:
        if any(fnmatchcase(permission, pattern) for pattern in self.never):
            return False
        return any(fnmatchcase(permission, pattern) for pattern in self.can)


MASTER_DATA = (
    "kernel.view_party", "kernel.view_address", "kernel.view_contactpoint", "kernel.view_product*", "kernel.view_barcode",
    "kernel.view_unit*", "kernel.view_currency", "kernel.view_tax", "kernel.view_paymentterm*", "kernel.view_site", "kernel.view_company",
    "kernel.*_note", "kernel.*_attachment", "kernel.*_savedview",
)
# Whoever works with documents may ask for approval and be asked; whose answer counts, the approval rules say.
APPROVALS = (
    "kernel.view_approval*", "kernel.approve_approvalrequest", "kernel.refuse_approvalrequest", "kernel.withdraw_approvalrequest", "kernel.*_delegation",
)
FISCAL = ("kernel.view_fiscalyear", "kernel.view_period", "kernel.view_outgoingmail")
COUNTERS = ("erp.view_stocklevel", "erp.view_warehouse", "erp.view_location", "erp.view_lot")
TRACE = ("integration.view_event",)
# Everybody who works here spends money for the company: their own claims and advances, nobody else's (erp/claims/models/own.py).
OWN_CLAIMS = (
    "erp.view_expense*", "erp.view_employeeadvance", "erp.view_employeepayment", "erp.add_expenseclaim", "erp.change_expenseclaim",
    "erp.delete_expenseclaim", "erp.submit_expenseclaim", "erp.withdraw_expenseclaim", "erp.reopen_expenseclaim", "erp.add_employeeadvance",
    "erp.change_employeeadvance", "erp.delete_employeeadvance",
)
DECIDES_CLAIMS = ("erp.approve_expenseclaim", "erp.refuse_expenseclaim", "erp.approve_employeeadvance", "erp.refuse_employeeadvance")
PAYS_CLAIMS = ("erp.reimburse_expenseclaim", "erp.pay_employeeadvance", "erp.take_back_employeeadvance", "erp.reverse_employeepayment")
DECIDES_ON_BUDGETS = ("erp.withdraw_budget", "erp.activate_budget", "erp.supersede_budget", "erp.close_budget", "erp.add_budgetoverride")

ROLES: dict[str, Role] = {
    "sales": Role(
        _("Sales"), "sales",
        (*MASTER_DATA, *APPROVALS, *COUNTERS, *TRACE, *OWN_CLAIMS, "kernel.*_party", "kernel.*_address", "kernel.*_contactpoint", "crm.*",
         "erp.view_customerinvoice*", "erp.view_openitem", "erp.view_dunning*", "erp.view_reservation", "scm.view_shipment*", "scm.view_trackingevent"),
        never=("*.delete_party", "crm.release_order", "crm.complete_order", "crm.expire_quote", "crm.delete_pricelist*",
               "crm.approve_margin_*", "crm.*_marginfloor", "crm.*_marginapproval"),
    ),
    "finance": Role(
        _("Finance"), "finance",
        (*MASTER_DATA, *APPROVALS, *FISCAL, *COUNTERS, *TRACE, "kernel.*_party", "kernel.*_paymentterm*", "kernel.*_tax", "kernel.*_exchangerate",
         "kernel.*_period", "kernel.*_fiscalyear", "erp.*", "crm.view_*",
         "crm.release_order", "scm.view_*", "integration.view_*"),
        never=("*.delete_party", "erp.*_stockadjustment", "erp.*_stocktransfer"),
    ),
    "accountant": Role(
        _("Accountant"), "finance",
        (*MASTER_DATA, *APPROVALS, *FISCAL, *COUNTERS, *TRACE, "kernel.*_party", "kernel.*_address", "kernel.*_contactpoint", "kernel.*_paymentterm*",
         "kernel.*_exchangerate", "erp.*", "crm.view_*", "scm.view_*", "integration.view_*"),
        never=("*.delete_party", "erp.*_stockadjustment", "erp.*_stocktransfer", "erp.approve_*", "erp.export_*", "erp.add_paymentsettings",
               "erp.change_paymentsettings", "erp.delete_paymentsettings", *DECIDES_ON_BUDGETS),
    ),
    "controller": Role(
        _("Controller"), "finance",
        (*MASTER_DATA, *APPROVALS, *FISCAL, *COUNTERS, *TRACE, "kernel.*_party", "kernel.*_address", "kernel.*_contactpoint", "kernel.*_paymentterm*",
         "kernel.*_tax", "kernel.*_exchangerate", "kernel.*_period", "kernel.*_fiscalyear", "kernel.*_approvalrule",
         "erp.*", "crm.view_*", "crm.release_order", "scm.view_*", "integration.view_*"),
        never=("*.delete_party", "erp.*_stockadjustment", "erp.*_stocktransfer", "erp.export_*"),
    ),
    "treasurer": Role(
        _("Treasurer"), "finance",
        (*MASTER_DATA, *APPROVALS, *FISCAL, *TRACE, *OWN_CLAIMS, *PAYS_CLAIMS, "kernel.*_exchangerate", "erp.view_*",
         "erp.*_bankaccount", "erp.*_bankstatement*", "erp.*_statementline", "erp.*_customerpayment", "erp.*_supplierpayment",
         "erp.*_paymentbatch", "erp.*_mandate", "erp.*_paymenthold", "erp.*_chequebook", "crm.view_*", "integration.view_*"),
        never=("erp.add_supplierbankaccount", "erp.change_supplierbankaccount", "erp.approve_supplierbankaccount", "erp.approve_*paymentbatch"),
    ),
    "logistics": Role(
        _("Logistics"), "logistics",
        (*MASTER_DATA, *APPROVALS, *COUNTERS, *TRACE, *OWN_CLAIMS, "scm.*", "erp.view_stock*", "erp.view_reservation", "erp.view_costlayer",
         "erp.*_stockadjustment*", "erp.*_stocktransfer*", "erp.*_location", "erp.*_lot", "crm.view_order*"),
        never=("erp.reverse_stockadjustment",),
    ),
    "manager": Role(
        _("Manager"), "manager",
        ("kernel.view_*", "kernel.*_note", "kernel.*_attachment", "kernel.*_savedview", *APPROVALS, "crm.*", "erp.view_*", "scm.view_*", "integration.*",
         *OWN_CLAIMS, *DECIDES_CLAIMS),
        never=("crm.complete_order",),
    ),
    "auditor": Role(_("Auditor"), "finance", ("kernel.view_*", "crm.view_*", "erp.view_*", "scm.view_*", "integration.view_*")),
    "administrator": Role(_("Administrator"), "manager", ("*",)),
    "integration": Role(
        _("Integration service"), "manager",
        ("crm.*", "erp.*", "scm.*", "integration.*", "kernel.view_*"),
        never=("crm.approve_margin_*",),
    ),
}


def permissions_of(role: str, known: list[str]) -> list[str]:
    """Which of the known permissions ("app.codename") a role holds."""
    return [permission for permission in known if ROLES[role].allows(permission)]
