"""Payment terms: when what share of an invoice falls due, and the discount for paying early."""
