"""Writes of shipping, by subject: planning, booking, dispatching, tracking."""

from scm.shipping.rules import LotQuantity
from scm.shipping.services.booking import book_shipment
from scm.shipping.services.dispatching import cancel_shipment, dispatch_shipment, lose_shipment, return_shipment_to_sender
from scm.shipping.services.giving import GivenLine, plan_giveaway
from scm.shipping.services.planning import PlannedLine, cancel_open_shipments, plan_shipment
from scm.shipping.services.tracking import (
    catch_up_tracking,
    deliver_shipment,
    record_tracking,
    report_shipment_exception,
    report_shipment_in_transit,
    report_shipment_out_for_delivery,
)

__all__ = [
    "GivenLine", "LotQuantity", "PlannedLine", "book_shipment", "cancel_open_shipments", "cancel_shipment", "catch_up_tracking", "deliver_shipment",
    "dispatch_shipment", "lose_shipment", "plan_giveaway", "plan_shipment", "record_tracking",
    "report_shipment_exception", "report_shipment_in_transit", "report_shipment_out_for_delivery",
    "return_shipment_to_sender",
]
