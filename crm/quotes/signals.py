"""What quotes announce (sent with document=, act=)."""

from django.dispatch import Signal

quote_sent = Signal()
quote_accepted = Signal()
"""`act.payload["order"]` is the key of the order that was made."""
quote_rejected = Signal()
