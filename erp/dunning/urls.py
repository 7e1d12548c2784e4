from django.urls import path

from erp.dunning.views import SendLetters, StartRun

urlpatterns = [
    path("start-dunning-run/", StartRun.as_view(), name="start_dunning_run"),
    path("dunning-runs/<int:pk>/send-letters/", SendLetters.as_view(), name="send_dunning_letters"),
]
