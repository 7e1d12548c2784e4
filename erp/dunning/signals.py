"""Facts of dunning. Sent with document= (the run) and act= in the transaction that made them."""

from django.dispatch import Signal

dunning_posted = Signal()
