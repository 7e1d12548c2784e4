"""Where facts become events: one line each."""
