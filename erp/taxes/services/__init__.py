"""Writes of taxes between documents and the return."""
