"""Charts of accounts from files: read, checked row by row, brought into a company's books."""
