"""Goods that a carrier lost: the loss in the books, and what is claimed from the carrier."""
