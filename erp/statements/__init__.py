"""Statements of account to all customers with a balance, printed and by mail."""
