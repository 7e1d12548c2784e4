"""What the steps of a shipment ask."""

from scm.shipping.forms.giving import GiveawayForm
from scm.shipping.forms.steps import (
    BoardFilter,
    BookForm,
    CancelForm,
    DeliverForm,
    DispatchForm,
    ExceptionForm,
    LoseForm,
    ReturnForm,
    TrackingForm,
)

__all__ = ["BoardFilter", "BookForm", "CancelForm", "DeliverForm", "DispatchForm", "ExceptionForm", "GiveawayForm", "LoseForm", "ReturnForm", "TrackingForm"]
