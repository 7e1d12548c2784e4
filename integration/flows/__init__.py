"""The stories that cross suites, one file each, with their undoing."""
