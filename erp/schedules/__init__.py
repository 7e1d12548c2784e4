"""What returns by the calendar: recurring entries, accruals and their reversal, deferred income and cost."""
