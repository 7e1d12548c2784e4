"""Facade for Django only: import a model from its own domain."""

from scm.carriers.models import Carrier, CarrierRate, CarrierStatusCode
from scm.shipping.models import Parcel, ReadyGoods, Shipment, ShipmentLine, ShipmentLot, TrackingEvent
from scm.warehousing.models import PickList, PickListLine

__all__ = [
    "Carrier", "CarrierRate", "CarrierStatusCode", "Parcel", "PickList", "PickListLine", "ReadyGoods", "Shipment",
    "ShipmentLine", "ShipmentLot", "TrackingEvent",
]
