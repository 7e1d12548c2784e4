"""What shipping announces. Every signal carries document= (the shipment) and act=; act.payload["lines"] names order lines and quantities.

`shipment_dispatching` and `shipment_returning` also carry lines= (the shipment's lines) and come when quantities and dates are set:
a receiver that raises refuses the dispatch or return, and nothing is written.
"""

from django.dispatch import Signal

shipment_planned = Signal()
shipment_booked = Signal()
shipment_dispatching = Signal()
shipment_dispatched = Signal()
shipment_delivered = Signal()
shipment_returning = Signal()
shipment_returned = Signal()
shipment_cancelled = Signal()
shipment_delayed = Signal()
