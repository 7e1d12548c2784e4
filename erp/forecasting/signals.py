"""What the forecast must ask of others."""

from suite.kernel.documents.questions import Question

# orders_asked.ask(company_id=, on=) -> Sequence[OrderAhead]: confirmed orders of customers as they stood at a day, as far as not invoiced by then.
orders_asked = Question("orders_not_invoiced")
