"""What employees spend for the company: claims with their receipts, advances that cover them, and money paid back.

Owed to employees and advances to employees equal the rows here at every commit: each claim and each advance knows what of it is open.
"""
