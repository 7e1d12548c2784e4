"""Writes of losses and claims on carriers."""

from erp.carrierclaims.services.claiming import draft_carrier_claim, drop_carrier_claim, post_carrier_claim, reverse_carrier_claim
from erp.carrierclaims.services.losing import LostLine, book_loss

__all__ = ["LostLine", "book_loss", "draft_carrier_claim", "drop_carrier_claim", "post_carrier_claim", "reverse_carrier_claim"]
