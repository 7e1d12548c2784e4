"""What settles open items without money: small remainders written off together, and customers that are suppliers set off."""
