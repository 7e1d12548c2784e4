"""Facts of payables, sent with document= and act= in the transaction that made them; and what payables ask of freight."""

from django.dispatch import Signal

from suite.kernel.documents.questions import Question

# A receiver may refuse: then the bill is not posted, or not reversed.
bill_posted = Signal()
bill_reversed = Signal()
supplier_payment_posted = Signal()
supplier_payment_reversed = Signal()

# Lines that name the freight of a shipment: sent with document= and lines= when they are written; a receiver may refuse.
freight_named = Signal()
# What such lines take off the accruals when the bill is posted: ask(entry=, lines=, is_credit=) gives rows not yet written, and each line learns
# its part as `freight_taken`.
freight_asked = Question("erp.payables.freight_asked")
