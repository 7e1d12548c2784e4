"""What became of what: the graph from an order to each ledger line."""
