"""Foreign currency in the books: open items and bank balances at the rate of the period's end."""
