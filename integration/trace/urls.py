from django.urls import path

from integration.trace.api import TraceApi
from integration.trace.views import TraceView

urlpatterns = [path("trace/", TraceView.as_view(), name="trace")]
api_urlpatterns = [path("trace/", TraceApi.as_view(), name="trace")]
