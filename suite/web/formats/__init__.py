"""Dates and numbers as the suite shows them, where Django's own differ."""
