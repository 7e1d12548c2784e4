"""The report pages of compliance."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.compliance import reports
from suite.resources.reporting import ReportView, report_page


@report_page
class TaxReturnCorrections(ReportView):
    app, slug, title, permission = "erp", "tax-return-corrections", _("Posted after filing"), "erp.view_taxreturn"
    menu, icon = ("closing", 51), "file-alert"
    report: Any = staticmethod(reports.tax_return_corrections)


@report_page
class SegregationOfDuties(ReportView):
    app, slug, title, permission = "erp", "segregation-of-duties", _("Segregation of duties"), "erp.view_obligation"
    menu, icon = ("closing", 62), "users-minus"
    report: Any = staticmethod(reports.segregation_of_duties)
