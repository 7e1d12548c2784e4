from django.urls import path

from integration.outbox.views import DryRunView, JobsView, ReplayView, SkipView

urlpatterns = [
    path("jobs/", JobsView.as_view(), name="jobs"),
    path("deliveries/<int:pk>/dry-run/", DryRunView.as_view(), name="delivery_dry_run"),
    path("deliveries/<int:pk>/replay/", ReplayView.as_view(), name="delivery_replay"),
    path("deliveries/<int:pk>/skip/", SkipView.as_view(), name="delivery_skip"),
]
