"""What we owe suppliers: bills and credit notes, payments and batches for the bank, bank accounts that two people vouch for.

Open items and their allocation are those of receivables, on the accounts of payables: a bill is a credit, a payment a debit.
"""
