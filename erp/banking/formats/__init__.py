"""Readers of bank statements, one per format; `detecting.read_statements` is the door."""
