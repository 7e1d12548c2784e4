"""Claims as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.claims import panels  # noqa: F401 - registers the panel
from erp.claims.models import EmployeeAdvance, EmployeePayment, EmployeeUser, ExpenseClaim, ExpenseClaimLine, ExpenseRate, ExpenseType
from suite.resources.menu import entry
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

entry("people", 10, _("My expenses"), "erp:my_expenses", "erp.add_expenseclaim", "receipt")
entry("people", 20, _("Expenses to approve"), "erp:expenses_to_approve", "erp.approve_expenseclaim", "checks")


@register
class ExpenseClaimResource(Resource):
    model = ExpenseClaim
    menu = ("people", 30)
    icon = "receipt-2"
    columns = ("number", "claimant", "purpose", "submitted_at", "status", "gross", "open_amount")
    filters = ("status", "claimant", "submitted_at")
    search = ("number", "claimant__name", "purpose", "note")
    form_fields = ("claimant", "purpose", "note")
    lines = (
        Lines(
            ExpenseClaimLine, parent="claim", fields=("spent_on", "type", "description", "quantity", "unit_price", "currency", "tax"),
            columns=("position", "spent_on", "type", "description", "amount", "currency", "gross", "remarks"),
        ),
    )
    sections = (
        (_("Claim"), ("claimant", "purpose", "status", "note", "decision")),
        (_("Decision"), ("submitted_by", "submitted_at", "approved_by", "approved_at")),
        (_("Amounts"), ("net", "tax", "gross", "covered", "open_amount", "ledger_date", "entry")),
    )
    totals = ("gross", "open_amount")
    related = (("erp.employeepayment", "claim"),)
    select_related = ("claimant", "submitted_by", "approved_by", "entry")
    actions_form = {
        "post": "erp.claims.forms.PostClaimForm", "refuse": "erp.claims.forms.ReasonForm", "reverse": "erp.claims.forms.ReverseClaimForm",
        "reimburse": "erp.claims.forms.PayBackForm",
    }
    empty_hint = _("What employees paid for the company and want back stands here, with its receipts.")


@register
class EmployeeAdvanceResource(Resource):
    model = EmployeeAdvance
    menu = ("people", 40)
    icon = "wallet"
    columns = ("number", "claimant", "purpose", "needed_on", "status", "amount", "open_amount")
    filters = ("status", "claimant", "needed_on")
    search = ("number", "claimant__name", "purpose")
    form_fields = ("claimant", "purpose", "amount", "needed_on", "note")
    sections = (
        (_("Advance"), ("claimant", "purpose", "needed_on", "status", "note", "decision")),
        (_("Decision"), ("created_by", "approved_by", "approved_at")),
        (_("Amounts"), ("amount", "open_amount")),
    )
    totals = ("amount", "open_amount")
    related = (("erp.employeepayment", "advance"),)
    select_related = ("claimant", "created_by", "approved_by")
    actions_form = {
        "refuse": "erp.claims.forms.ReasonForm", "pay": "erp.claims.forms.PayOutForm", "take_back": "erp.claims.forms.PayBackForm",
    }
    empty_hint = _("Money employees get before they spend it; their claims are set against it, the oldest first.")


@register
class EmployeePaymentResource(Resource):
    model = EmployeePayment
    menu = ("people", 50)
    icon = "cash"
    columns = ("number", "employee", "kind", "paid_on", "bank_account", "status", "amount")
    filters = ("status", "kind", "employee", "paid_on", "bank_account")
    search = ("number", "employee__name")
    sections = (
        (_("Payment"), ("employee", "kind", "claim", "advance", "status")),
        (_("Money"), ("amount", "paid_on", "bank_account", "is_on_statement", "entry")),
    )
    totals = ("amount",)
    select_related = ("employee", "claim", "advance", "bank_account", "entry")
    actions_form = {"reverse": "erp.claims.forms.ReverseClaimForm"}
    empty_hint = _("Advances paid out, claims paid back and rests returned appear here by themselves.")


@register
class ExpenseTypeResource(Resource):
    model = ExpenseType
    menu = ("people", 80)
    icon = "category"
    columns = ("code", "name", "measure", "limit_per_receipt", "limit_per_day", "receipt_from", "on_breach", "is_active")
    filters = ("measure", "on_breach", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = (
        "code", "name", "measure", "account", "tax", "limit_per_receipt", "limit_per_day", "limit_per_claim", "receipt_from", "on_breach", "is_active",
    )
    lines = (Lines(ExpenseRate, parent="type", fields=("rate", "valid_from", "valid_until"), columns=("rate", "valid_from", "valid_until")),)
    sections = (
        (_("Expense type"), ("code", "name", "measure", "account", "tax", "is_active")),
        (_("Policy"), ("limit_per_receipt", "limit_per_day", "limit_per_claim", "receipt_from", "on_breach")),
    )
    import_key = "code"
    select_related = ("account", "tax")
    empty_hint = _("Meals, hotel, kilometres: what may be claimed, on which account, and how much of it.")


@register
class EmployeeUserResource(Resource):
    model = EmployeeUser
    menu = ("people", 90)
    icon = "user-check"
    columns = ("party", "user")
    filters = ("party",)
    search = ("party__name", "user__username")
    ordering = ("party__name", "pk")
    form_fields = ("party", "user")
    sections = ((_("Employee"), ("party", "user")),)
    select_related = ("party", "user")
    empty_hint = _("Says which employee a user is, so that their expenses are theirs.")
