"""The invoice of EN 16931 and its two spellings, without a database."""
