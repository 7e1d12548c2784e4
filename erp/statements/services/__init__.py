"""Writes of statements."""

from erp.statements.services.running import make_statements, send_statement

__all__ = ["make_statements", "send_statement"]
