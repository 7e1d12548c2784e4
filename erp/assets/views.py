"""The report page of the asset register."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.assets import reports
from erp.assets.forms import RegisterForm
from suite.resources.reporting import ReportView, report_page


@report_page
class AssetRegister(ReportView):
    app, slug, title, permission = "erp", "asset-register", _("Asset register"), "erp.view_asset"
    menu, icon = ("books", 68), "building-factory"
    form_class = RegisterForm
    report: Any = staticmethod(reports.asset_register)
