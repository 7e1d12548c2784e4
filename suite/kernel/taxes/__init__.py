"""Taxes on sales and purchases: rates, categories of EN 16931, and the engine that computes a document's tax."""
