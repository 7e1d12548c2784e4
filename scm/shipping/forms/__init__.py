"""What the steps of a shipment ask."""

from scm.shipping.forms.steps import (
    BoardFilter,
    BookForm,
    CancelForm,
    DeliverForm,
    DispatchForm,
    ExceptionForm,
    ReturnForm,
    TrackingForm,
)

__all__ = ["BoardFilter", "BookForm", "CancelForm", "DeliverForm", "DispatchForm", "ExceptionForm", "ReturnForm", "TrackingForm"]
