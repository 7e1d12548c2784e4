"""Lists as somebody likes to see them: filters, columns and order under a name, for oneself or for all."""
