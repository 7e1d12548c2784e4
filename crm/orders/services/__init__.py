"""Everything that changes an order: drafting, the transitions, and the progress that other suites report."""

from crm.orders.services.amending import LineChange, amend_order
from crm.orders.services.closing import cancel_order, close_order_short
from crm.orders.services.confirming import approve_order_margin, confirm_order, hold_order, release_order
from crm.orders.services.depositing import ask_for_deposit
from crm.orders.services.drafting import OrderLineInput, draft_order, price_unsaved_order
from crm.orders.services.progress import complete_order, record_progress

__all__ = [
    "LineChange", "OrderLineInput", "amend_order", "approve_order_margin", "ask_for_deposit", "cancel_order", "close_order_short", "complete_order",
    "confirm_order", "draft_order", "hold_order", "price_unsaved_order", "record_progress", "release_order",
]
