"""Writes of warehousing, by subject: drawing pick lists, picking and packing."""

from scm.warehousing.services.drawing import draw_pick_list, follow_shipment, set_pick_readiness
from scm.warehousing.services.lots import is_tracked
from scm.warehousing.services.picking import (
    cancel_pick_list,
    close_pick_list,
    finish_picking,
    pack_pick_list,
    reopen_pick_list,
    scan,
    set_picked,
)

__all__ = [
    "cancel_pick_list", "close_pick_list", "draw_pick_list", "finish_picking", "follow_shipment", "is_tracked", "pack_pick_list", "reopen_pick_list", "scan",
    "set_pick_readiness", "set_picked",
]
