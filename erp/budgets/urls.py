"""Pages and endpoints of budgets that are no resource."""

from django.urls import path

from erp.budgets.api import BudgetGrid
from erp.budgets.views import GridPage, ImportPage

urlpatterns = [
    path("budget-grid/<int:pk>/", GridPage.as_view(), name="budget_grid"),
    path("budget-grid/<int:pk>/import/", ImportPage.as_view(), name="budget_grid_import"),
]
api_urlpatterns = [path("budget-grid/<int:pk>/", BudgetGrid.as_view(), name="budget_grid")]
