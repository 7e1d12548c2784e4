from django.urls import path

from scm.warehousing.views import PickingQueue, PickPage

urlpatterns = [
    path("picking/", PickingQueue.as_view(), name="picking"),
    path("picking/<int:pk>/", PickPage.as_view(), name="pick"),
]
