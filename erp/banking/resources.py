"""Bank accounts, statements and rules as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.banking.models import BankAccount, BankRule, BankStatement, StatementLine, StatementMatch, StatementProfile
from suite.resources import menu
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource

menu.entry("bank", 10, _("Reconciliation"), "erp:reconcile", "erp.view_statementline", "arrows-exchange")
menu.entry("bank", 12, _("Load statements"), "erp:load_statements", "erp.add_bankstatement", "file-import")


@register
class BankStatementResource(Resource):
    model = BankStatement
    menu = ("bank", 14)
    icon = "building-bank"
    columns = ("number", "bank_account", "bank_reference", "ends_on", "opening_balance", "closing_balance", "difference", "status")
    filters = ("status", "bank_account", "ends_on", "is_interim")
    search = ("number", "bank_reference", "file_name")
    ordering = ("-ends_on", "-pk")
    sections = (
        (_("Statement"), ("number", "status", "bank_account", "bank_reference", "starts_on", "ends_on", "is_interim")),
        (_("Balances"), ("opening_balance", "closing_balance", "difference", "warnings")),
        (_("File"), ("file_name", "format", "position", "created_by", "created_at")),
    )
    lines = (Lines(
        StatementLine, parent="statement",
        columns=("position", "booked_on", "counterparty_name", "text", "amount", "status"),
    ),)
    select_related = ("bank_account", "created_by")
    empty_hint = _("Load a file from the bank: Bank and cash, Reconciliation.")


@register
class StatementLineResource(Resource):
    model = StatementLine
    menu = ("bank", 16)
    icon = "list-details"
    columns = ("booked_on", "bank_account", "amount", "counterparty_name", "text", "party", "status", "score")
    filters = ("status", "bank_account", "statement", "booked_on", "party", "is_unaided")
    search = ("text", "counterparty_name", "counterparty_iban", "reference", "party__name", "external_id")
    ordering = ("-booked_on", "-pk")
    form_fields = (
        "bank_account", "booked_on", "amount", "text", "counterparty_name", "counterparty_iban", "reference", "party", "external_id",
    )
    sections = (
        (_("Statement line"), ("bank_account", "statement", "booked_on", "value_on", "amount", "text", "external_id")),
        (_("Counterparty"), ("counterparty_name", "counterparty_iban", "reference", "party")),
        (_("Matched with"), ("status", "payment", "supplier_payment", "entry", "ledger_on", "score", "reasons", "is_unaided", "problem")),
    )
    related = (("erp.statementmatch", "line"),)
    totals = ("amount",)
    select_related = ("bank_account", "statement", "party", "payment", "supplier_payment", "entry")
    actions_form = {"match": "erp.banking.forms.MatchForm", "unmatch": "erp.banking.forms.UnmatchForm"}
    empty_hint = _("Enter what the bank reports.")


@register
class StatementMatchResource(Resource):
    model = StatementMatch
    icon = "link"
    columns = ("line", "position", "kind", "amount", "fee", "party", "payment", "supplier_payment", "account", "entry")
    filters = ("kind", "party", "account")
    ordering = ("line", "position")
    sections = ((_("Matched part"), ("line", "position", "kind", "amount", "fee", "party", "payment", "supplier_payment", "account", "entry")),)
    select_related = ("line", "party", "payment", "supplier_payment", "account", "entry")


@register
class BankRuleResource(Resource):
    model = BankRule
    menu = ("bank", 82)
    icon = "bulb"
    columns = ("sign", "pattern", "direction", "party", "account", "is_card_payout", "confirmations", "is_learned", "is_active")
    filters = ("sign", "party", "account", "is_active", "is_learned", "is_card_payout")
    search = ("pattern", "party__name", "account__name")
    ordering = ("sign", "pattern")
    form_fields = ("sign", "pattern", "direction", "bank_account", "party", "account", "is_card_payout", "is_active")
    sections = (
        (_("When"), ("sign", "pattern", "direction", "bank_account", "is_active")),
        (_("Then"), ("party", "account", "is_card_payout")), (_("Learned"), ("is_learned", "confirmations")),
    )
    select_related = ("party", "account", "bank_account")
    empty_hint = _("Rules come by themselves when lines are matched; make one by hand where you know better.")


@register
class StatementProfileResource(Resource):
    model = StatementProfile
    menu = ("bank", 84)
    icon = "table"
    columns = ("name", "date", "amount", "text", "delimiter", "decimal")
    search = ("name",)
    ordering = ("name",)
    form_fields = (
        "name", "date", "amount", "paid_in", "paid_out", "side", "text", "counterparty", "iban", "reference", "bank_id", "balance",
        "delimiter", "decimal", "day_first",
    )
    sections = (
        (_("Columns"), ("date", "amount", "paid_in", "paid_out", "side", "text", "counterparty", "iban", "reference", "bank_id", "balance")),
        (_("Values"), ("delimiter", "decimal", "day_first")),
    )
    related = (("erp.bankaccount", "profile"),)
    empty_hint = _("Needed only for CSV files whose columns are not understood by themselves.")


@register
class BankAccountResource(Resource):
    model = BankAccount
    menu = ("bank", 80)
    sensitive = ("iban",)
    icon = "credit-card"
    columns = ("code", "name", "iban", "account_number", "is_cash", "account", "currency")
    filters = ("is_cash",)
    search = ("code", "name", "iban", "account_number")
    ordering = ("code",)
    form_fields = ("code", "name", "iban", "account_number", "is_cash", "account", "journal", "currency", "cash_rounding", "profile", "unaided_from")
    sections = (
        (_("Bank account"), ("code", "name", "iban", "account_number", "is_cash", "account", "journal", "currency", "cash_rounding")),
        (_("Statements"), ("profile", "unaided_from")),
    )
    related = (("erp.bankstatement", "bank_account"), ("erp.statementline", "bank_account"))
    import_key = "code"
    select_related = ("account", "journal", "currency", "profile")
