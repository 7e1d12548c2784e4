"""Facts of the stock room."""

from django.dispatch import Signal

# Goods came in that may serve orders that wait: sent with company_id=, product_ids=, actor=, in the transaction that brought them.
stock_arrived = Signal()

# Sent with document=, act=.
stock_adjusted = Signal()
transfer_sent = Signal()
transfer_received = Signal()
transfer_cancelled = Signal()
transfer_closed_short = Signal()
