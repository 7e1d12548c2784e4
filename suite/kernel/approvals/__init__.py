"""Approvals: who must say yes to which action on which document, from which amount on; asked, given, refused, delegated."""
