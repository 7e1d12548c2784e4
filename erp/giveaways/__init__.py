"""Goods given away: gifts and samples leave stock for the expense account that their reason names, with tax where law asks for it."""
