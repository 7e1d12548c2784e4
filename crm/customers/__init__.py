"""Customers as sales sees them: their terms, price list and what they are worth. The party itself is the kernel's."""
