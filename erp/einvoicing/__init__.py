"""Electronic invoices of EN 16931: what goes out is checked before it gets a number, what comes in becomes a bill."""
