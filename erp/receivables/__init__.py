"""What customers owe: invoices and credit notes, payments, open items and their allocation, credit.

An open item is a debit or credit of a customer; allocations set one against the other. A clearing item says which shipment line or
invoice line put what on an account that must come back to zero: goods shipped and not invoiced, revenue invoiced and not shipped.
Both equal the control accounts at every commit.
"""
