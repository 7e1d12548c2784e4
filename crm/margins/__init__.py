"""Margin floors: the least that must be left of a price, and who approved less."""
