"""Exceptions of all suites in one list, each with the action that resolves it."""
