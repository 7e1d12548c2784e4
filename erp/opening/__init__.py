"""The books a company brings along: open items one by one, the rest of its trial balance, and equity that ends at zero."""
