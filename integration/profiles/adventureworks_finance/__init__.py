"""The finance amounts of AdventureWorks: actuals as entries, budgets of departments, against the totals of the source."""
