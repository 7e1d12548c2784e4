"""Notes that people leave on any record."""
