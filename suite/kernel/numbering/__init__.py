"""Numbers of documents. Orders take theirs from a plain sequence; legal numbers are the ledger's, gapless, given at posting."""
