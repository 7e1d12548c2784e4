"""Shipments: planned, booked, dispatched, followed, delivered or returned. Dispatch asks for the goods issue in the same transaction."""
