"""Who carries our goods, and what they charge.

A carrier has a rate table by weight band and country; the cheapest rate that covers a parcel wins, and the answer says why.
Carriers report in their own codes; each carrier's table says what a code means for a shipment.
"""
