"""Documents: numbered records with lines that move through statuses by transitions, and only by transitions."""
