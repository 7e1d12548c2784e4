"""Shipments: what leaves for a customer, from which site, by whom, and what became of it.

An order's open quantities stand on its planned or booked shipments. Dispatch is the moment that counts: it asks for the goods issue
in the same transaction, moves what stays behind to a new planned shipment (the next wave), and from then on the lines never change.
Carrier events are added, never changed; the newest one says where the shipment is, in whatever order they come in.
Orders are known here only by their keys ("crm.order:42", "crm.orderline:77").
"""
