"""Stock: what is where, for whom it is kept, and what it is worth.

Moves are facts and never change; levels follow from moves, layers from values, the reserved counter from reservations, all in the
database. Whoever moves goods gets their cost back and books it in the same transaction, so the ledger's inventory accounts equal
the layers at every commit.
"""
