"""Fiscal years and periods with their locks; working days and holidays."""
