"""Who carries our goods, and what they charge by weight."""
