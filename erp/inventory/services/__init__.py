"""Writes of the stock room: issue, take back, receive, reserve; adjustments and transfers."""

from erp.inventory.services import previewing  # noqa: F401 - registers itself
from erp.inventory.services.adjusting import post_adjustment
from erp.inventory.services.drafting import AdjustmentLineInput, draft_adjustment, draft_transfer
from erp.inventory.services.issuing import issue
from erp.inventory.services.lines import Demand, IssuedLine, IssueLine, ReceiptLine, ReceivedLine, ReservationResult, ReturnLine
from erp.inventory.services.receiving import receive, take_back
from erp.inventory.services.reserving import allocate_waiting, release, reserve
from erp.inventory.services.transferring import cancel_transfer, close_transfer_short, receive_transfer, send_transfer

__all__ = [
    "AdjustmentLineInput", "Demand", "IssueLine", "IssuedLine", "ReceiptLine", "ReceivedLine", "ReservationResult", "ReturnLine",
    "allocate_waiting", "cancel_transfer", "close_transfer_short", "draft_adjustment", "draft_transfer", "issue", "post_adjustment", "receive",
    "receive_transfer", "release", "reserve", "send_transfer", "take_back",
]
