"""Statements of account as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.statements import views  # noqa: F401 - attaches the panel
from erp.statements.models import AccountStatement, StatementRun
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class StatementRunResource(Resource):
    model = StatementRun
    menu = ("receivables", 25)
    icon = "files"
    columns = ("number", "as_of", "only_overdue", "status", "number_of_statements", "balance")
    filters = ("status", "as_of")
    search = ("number",)
    form_fields = ("as_of", "only_overdue")
    sections = ((_("Run"), ("as_of", "only_overdue", "status", "number_of_statements", "balance")),)
    related = (("erp.accountstatement", "run"),)
    empty_hint = _("Make statements of account for every customer with a balance, and send them by mail.")


@register
class AccountStatementResource(Resource):
    model = AccountStatement
    icon = "file-invoice"
    columns = ("customer", "as_of", "balance", "overdue", "status", "run")
    filters = ("status", "run", "customer", "as_of")
    search = ("customer__name",)
    sections = ((_("Statement of account"), ("customer", "as_of", "balance", "overdue", "status", "run")),)
    totals = ("balance", "overdue")
    select_related = ("customer", "run")
    printouts = (("statement", _("Print statement"), "erp.statements.printouts.print_account_statement"),)
    empty_hint = _("Statements come from statement runs.")
