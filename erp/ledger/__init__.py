"""The books: accounts with roles, journals, entries. PostgreSQL keeps them balanced, numbered without gaps, chained and unchanged."""
