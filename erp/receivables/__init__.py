"""What customers owe: invoices, credit notes, payments, open items and their allocation, credit accounts."""
