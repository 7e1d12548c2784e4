"""The report pages of taxes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.taxes import reports
from erp.taxes.forms import TaxDocumentsForm, TaxReportForm, WithholdingForm
from suite.resources.reporting import ReportView, report_page


@report_page
class WithholdingCertificates(ReportView):
    app, slug, title, permission = "erp", "withholding-certificates", _("Withholding certificates"), "erp.view_withheldtax"
    menu, icon = ("closing", 56), "certificate"
    form_class = WithholdingForm
    report: Any = staticmethod(reports.withholding_certificates)


@report_page
class TaxReport(ReportView):
    app, slug, title, permission = "erp", "tax-report", _("Tax report"), "erp.view_taxreturn"
    menu, icon = ("closing", 48), "report-money"
    form_class = TaxReportForm
    report: Any = staticmethod(reports.tax_report)


@report_page
class TaxReportDocuments(ReportView):
    app, slug, title, permission = "erp", "tax-report-documents", _("Documents of the tax report"), "erp.view_taxreturn"
    form_class = TaxDocumentsForm
    report: Any = staticmethod(reports.tax_report_documents)
