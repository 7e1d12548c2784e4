"""Money sent and collected in batches: proposal, four eyes, the bank's file, its confirmation; mandates of direct debits."""
