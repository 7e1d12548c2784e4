"""Budgets: what may be spent and is to be earned by account, cost centre and month; versions, control, variance."""
