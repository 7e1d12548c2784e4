"""Whole companies moving in: the demo company, Northwind."""
