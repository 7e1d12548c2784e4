"""Files kept with a record: checked when they come in, served as downloads only."""
