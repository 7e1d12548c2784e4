"""Price lists with tiers and discounts, and the resolver that says which rule won."""
