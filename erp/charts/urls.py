"""Pages of charts that are no report."""

from django.urls import path

from erp.charts.views import ChartImport

urlpatterns = [path("chart-import/", ChartImport.as_view(), name="chart_import")]
