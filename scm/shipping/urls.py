from django.urls import path

from scm.shipping.api import GiveawayApi
from scm.shipping.views import GiveawayPage, ShipmentBoard, TrackingEntry

urlpatterns = [
    path("board/", ShipmentBoard.as_view(), name="shipment_board"),
    path("send-gift-or-sample/", GiveawayPage.as_view(), name="giveaway"),
    path("carrier-report/", TrackingEntry.as_view(), name="tracking_entry"),
]
api_urlpatterns = [path("giveaways/", GiveawayApi.as_view(), name="giveaway")]
