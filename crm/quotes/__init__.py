"""Offers with revisions and an expiry; accepting one makes exactly one order."""
