"""Fixed assets: what a thing cost, how its cost becomes expense day by day, and what is left when it goes. Equal to the ledger at every instant."""
