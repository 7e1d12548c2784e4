"""Closing periods and years: who may still post where, and the entry that clears income and expense."""
