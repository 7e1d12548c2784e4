"""Bank and cash accounts, and the lines of their statements."""
