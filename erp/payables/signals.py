"""Facts of payables. Sent with document= and act= in the transaction that made them."""

from django.dispatch import Signal

bill_posted = Signal()
bill_reversed = Signal()
supplier_payment_posted = Signal()
supplier_payment_reversed = Signal()
