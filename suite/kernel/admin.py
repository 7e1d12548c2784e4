"""The console's own pages of the kernel, found by Django under this name: accounts, and the audit trail."""

from suite.kernel.accounts import admin as accounts
from suite.kernel.audit import admin as audit

__all__ = ["accounts", "audit"]
