"""One action on many rows, as a job that can be followed, left, found again and stopped."""
