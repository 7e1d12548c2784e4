"""The report pages of payables."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.payables import reports
from erp.payables.forms import AgedPayablesForm, SupplierStatementForm
from suite.resources.reporting import ReportView, report_page


@report_page
class AgedPayables(ReportView):
    app, slug, title = "erp", "aged-payables", _("Aged payables")
    menu, icon, permission = ("payables", 50), "hourglass-low", "erp.view_supplierbill"
    form_class = AgedPayablesForm
    report: Any = staticmethod(reports.aged_payables)


@report_page
class SupplierStatement(ReportView):
    app, slug, title = "erp", "supplier-statement", _("Supplier statement")
    menu, icon, permission = ("payables", 52), "file-invoice", "erp.view_supplierbill"
    form_class = SupplierStatementForm
    report: Any = staticmethod(reports.supplier_statement)
