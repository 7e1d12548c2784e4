from django.urls import path

from scm.shipping.views import ShipmentBoard, TrackingEntry

urlpatterns = [
    path("board/", ShipmentBoard.as_view(), name="shipment_board"),
    path("carrier-report/", TrackingEntry.as_view(), name="tracking_entry"),
]
