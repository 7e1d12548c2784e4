from django.urls import path

from integration.bulk.views import BulkRefusedView, BulkRunsView, BulkRunView, BulkStopView

urlpatterns = [
    path("bulk/", BulkRunsView.as_view(), name="bulk_runs"),
    path("bulk/<int:pk>/", BulkRunView.as_view(), name="bulk_run"),
    path("bulk/<int:pk>/refused/", BulkRefusedView.as_view(), name="bulk_refused"),
    path("bulk/<int:pk>/stop/", BulkStopView.as_view(), name="bulk_stop"),
]
