"""Pick lists: what is taken from which location for which shipment, and packed."""
