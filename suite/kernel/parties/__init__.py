"""People and organisations. A party is one row with many roles: customer, supplier, carrier, employee, bank."""
