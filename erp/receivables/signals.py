"""Facts of receivables. Sent with document= and act= in the transaction that made them."""

from django.dispatch import Signal

from suite.kernel.documents.questions import Question

invoice_posted = Signal()
invoice_credited = Signal()
invoice_voided = Signal()
payment_posted = Signal()
payment_allocated = Signal()
payment_reversed = Signal()

# company_id=, line_keys= (of shipment lines) -> {line key: the day it arrived}; asked where revenue counts at delivery.
delivered_asked = Question("delivered")

# invoice=, lines=, taxes=, dated= (due date and amount of each instalment); asked before an invoice gets its number where the company
# has its invoices checked against the standard for electronic invoices. Refuses by raising.
standard_asked = Question("standard")
