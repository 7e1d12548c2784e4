from django.urls import path

from integration.worklist.views import WorklistView

urlpatterns = [path("worklist/", WorklistView.as_view(), name="worklist")]
