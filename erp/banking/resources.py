"""Bank accounts and statements as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.banking.models import BankAccount, StatementLine
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class StatementLineResource(Resource):
    model = StatementLine
    menu = ("finance", 25)
    icon = "building-bank"
    columns = ("booked_on", "bank_account", "amount", "text", "party", "status", "payment")
    filters = ("status", "bank_account", "booked_on", "party")
    search = ("text", "party__name", "external_id")
    ordering = ("-booked_on", "-pk")
    form_fields = ("bank_account", "booked_on", "amount", "text", "party", "external_id")
    sections = (
        (_("Statement line"), ("bank_account", "booked_on", "amount", "text", "party", "external_id")),
        (_("Matched with"), ("status", "payment", "entry")),
    )
    totals = ("amount",)
    select_related = ("bank_account", "party", "payment", "entry")
    actions_form = {"match": "erp.banking.forms.MatchForm"}
    empty_hint = _("Enter what the bank reports.")


@register
class BankAccountResource(Resource):
    model = BankAccount
    menu = ("finance", 86)
    sensitive = ("iban",)
    icon = "credit-card"
    columns = ("code", "name", "iban", "is_cash", "account", "currency")
    filters = ("is_cash",)
    search = ("code", "name", "iban")
    ordering = ("code",)
    form_fields = ("code", "name", "iban", "is_cash", "account", "journal", "currency", "cash_rounding")
    sections = ((_("Bank account"), ("code", "name", "iban", "is_cash", "account", "journal", "currency", "cash_rounding")),)
    related = (("erp.statementline", "bank_account"),)
    import_key = "code"
    select_related = ("account", "journal", "currency")
