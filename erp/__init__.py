"""Books and stock: ledger, closing, receivables, banking, inventory."""
