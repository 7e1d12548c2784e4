"""The report pages of the stock room."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from erp.inventory import reports
from erp.inventory.forms import MovementForm, ValuationForm, WarehouseForm
from suite.resources.reporting import ReportView, report_page


@report_page
class StockValuation(ReportView):
    app, slug, title = "erp", "stock-valuation", _("Stock valuation")
    menu, icon, permission = ("inventory", 80), "coins", "erp.view_costlayer"
    form_class = ValuationForm
    report: Any = staticmethod(reports.stock_valuation)


@report_page
class StockOnHand(ReportView):
    app, slug, title = "erp", "stock-on-hand", _("Stock on hand")
    menu, icon, permission = ("inventory", 82), "clipboard-list", "erp.view_stocklevel"
    form_class = WarehouseForm
    report: Any = staticmethod(reports.stock_on_hand)


@report_page
class StockMovements(ReportView):
    app, slug, title = "erp", "stock-movements", _("Stock movements")
    menu, icon, permission = ("inventory", 84), "history", "erp.view_stockmove"
    form_class = MovementForm
    report: Any = staticmethod(reports.stock_movements)


@report_page
class ProductsToSupply(ReportView):
    app, slug, title = "erp", "products-to-supply", _("Products to supply")
    menu, icon, permission = ("inventory", 15), "alert-triangle", "erp.view_stocklevel"
    report: Any = staticmethod(reports.products_to_supply)
