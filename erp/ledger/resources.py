"""The books as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.ledger import views  # noqa: F401 - registers the report pages
from erp.ledger.models import Account, AccountAssignment, Journal, JournalEntry, JournalLine
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class JournalEntryResource(Resource):
    model = JournalEntry
    menu = ("books", 10)
    icon = "book"
    columns = ("number", "ledger_date", "journal", "description", "status")
    filters = ("status", "journal", "ledger_date")
    search = ("number", "description")
    ordering = ("-ledger_date", "-pk")
    form_fields = ("journal", "ledger_date", "description")
    lines = (
        Lines(
            JournalLine, parent="entry", fields=("account", "party", "debit", "credit", "description", "dimensions"),
            columns=("position", "account", "party", "debit", "credit", "currency", "amount_currency", "description"),
        ),
    )
    sections = (
        (_("Entry"), ("journal", "ledger_date", "period", "description", "status")),
        (_("Posting"), ("posted_at", "sequence", "source_key", "reverses")),
    )
    related = (("erp.openitem", "entry"), ("erp.clearingitem", "entry"), ("erp.stockvalue", "entry"))
    select_related = ("journal", "period__year", "reverses")
    actions_form = {"reverse": "erp.ledger.forms.ReverseEntryForm"}
    empty_hint = _("Invoices, payments and shipments post themselves; type other entries here.")


@register
class AccountResource(Resource):
    model = Account
    menu = ("books", 80)
    icon = "list-numbers"
    columns = ("code", "name", "type", "control", "is_active")
    filters = ("type", "control", "is_heading", "is_active")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "type", "parent", "is_heading", "control", "is_active")
    sections = ((_("Account"), ("code", "name", "type", "parent", "is_heading", "control", "is_active")),)
    related = (("erp.accountassignment", "account"),)
    import_key = "code"
    select_related = ("parent",)


@register
class AccountAssignmentResource(Resource):
    model = AccountAssignment
    menu = ("books", 82)
    icon = "arrows-exchange"
    columns = ("role", "account", "product", "category", "warehouse")
    filters = ("role", "account")
    search = ("role", "account__code", "account__name")
    ordering = ("role", "pk")
    form_fields = ("role", "account", "product", "category", "warehouse")
    sections = ((_("Which account plays the role"), ("role", "account", "product", "category", "warehouse")),)
    select_related = ("account", "product", "category", "warehouse")


@register
class JournalResource(Resource):
    model = Journal
    menu = ("books", 84)
    icon = "books"
    columns = ("code", "name", "kind")
    filters = ("kind",)
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "kind")
    sections = ((_("Journal"), ("code", "name", "kind")),)
    import_key = "code"
