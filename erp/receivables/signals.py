"""Facts of receivables. Sent with document= and act= in the transaction that made them."""

from django.dispatch import Signal

invoice_posted = Signal()
invoice_credited = Signal()
invoice_voided = Signal()
payment_posted = Signal()
payment_allocated = Signal()
payment_reversed = Signal()
