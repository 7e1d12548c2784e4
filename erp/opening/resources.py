"""Opening balances as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.opening.models import OpeningBalance, OpeningItem, OpeningLine
from erp.opening.panels import OpeningEquity
from suite.resources.menu import entry
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class OpeningBalanceResource(Resource):
    model = OpeningBalance
    menu = ("closing", 30)
    icon = "door-enter"
    columns = ("opened_on", "description", "status")
    filters = ("status",)
    search = ("description",)
    ordering = ("-opened_on", "-pk")
    form_fields = ("opened_on", "description")
    lines = (
        Lines(
            OpeningItem, parent="opening", fields=("side", "party", "document_number", "issued_on", "due_on", "currency", "amount_currency", "rate"),
            columns=("side", "party", "document_number", "issued_on", "due_on", "currency", "amount_currency", "rate"),
        ),
        Lines(OpeningLine, parent="opening", fields=("account", "debit", "credit"), columns=("account", "debit", "credit")),
    )
    sections = ((_("Posting"), ("items_entry", "entry")),)
    select_related = ("items_entry", "entry")
    empty_hint = _("A company that comes from other books brings its open items and balances in here, by hand or from files.")


attach(OpeningBalance, OpeningEquity)
entry("closing", 31, _("Import an opening balance"), "erp:opening_import", "erp.add_openingbalance", "file-import")
