"""The report pages of taxes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.taxes import reports
from erp.taxes.forms import WithholdingForm
from suite.resources.reporting import ReportView, report_page


@report_page
class WithholdingCertificates(ReportView):
    app, slug, title, permission = "erp", "withholding-certificates", _("Withholding certificates"), "erp.view_withheldtax"
    menu, icon = ("finance", 128), "certificate"
    form_class = WithholdingForm
    report: Any = staticmethod(reports.withholding_certificates)
