"""Ending a period: what must be in order first, accruals with their reversal, the lock, the year's result into retained earnings."""
