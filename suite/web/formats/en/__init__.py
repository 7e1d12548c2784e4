"""English outside the United States."""
