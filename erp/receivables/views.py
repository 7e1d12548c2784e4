"""The report pages of receivables."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.receivables import reports
from erp.receivables.forms import AgedForm, OpenItemsForm, StatementForm
from suite.resources.reporting import ReportView, report_page


@report_page
class AgedReceivables(ReportView):
    app, slug, title = "erp", "aged-receivables", _("Aged receivables")
    menu, icon, permission = ("receivables", 52), "hourglass", "erp.view_openitem"
    form_class = AgedForm
    report: Any = staticmethod(reports.aged_receivables)


@report_page
class CustomerStatement(ReportView):
    app, slug, title = "erp", "customer-statement", _("Customer statement")
    menu, icon, permission = ("receivables", 54), "file-invoice", "erp.view_openitem"
    form_class = StatementForm
    report: Any = staticmethod(reports.customer_statement)


@report_page
class OpenItems(ReportView):
    app, slug, title = "erp", "open-items-at-date", _("Open items at a date")
    menu, icon, permission = ("receivables", 56), "list-check", "erp.view_openitem"
    form_class = OpenItemsForm
    report: Any = staticmethod(reports.open_items)
