"""Freight we pay: what carriers will charge for shipments that left, until their bills come. The account equals the open accruals here."""
