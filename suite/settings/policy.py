"""The content security policy of every page but the console's."""

CONTENT_SECURITY_POLICY: dict = {}
