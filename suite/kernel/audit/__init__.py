"""Who changed what, when: row changes written by database triggers, status changes by transitions, other acts by name."""
