"""Reminding customers of what is overdue: levels, runs, letters with fees and interest, and what keeps an item from being dunned."""
