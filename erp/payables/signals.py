"""Facts of payables. Sent with document= and act= in the transaction that made them."""

from django.dispatch import Signal

# A receiver may refuse: then the bill is not posted, or not reversed.
bill_posted = Signal()
bill_reversed = Signal()
supplier_payment_posted = Signal()
supplier_payment_reversed = Signal()
