"""Facts of claims. Sent with document= and act= in the transaction that made them."""

from django.dispatch import Signal

claim_submitted = Signal()
claim_approved = Signal()
claim_refused = Signal()
claim_posted = Signal()
