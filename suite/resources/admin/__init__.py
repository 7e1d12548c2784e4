"""The console: accounts, the audit trail, and a page for every declared resource."""

from suite.resources.admin import accounts, audit
from suite.resources.admin.generated import register_all

register_all()

__all__ = ["accounts", "audit"]
