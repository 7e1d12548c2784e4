"""Currencies, rates and the one way to round. Money is Decimal; a float never reaches a money column."""
