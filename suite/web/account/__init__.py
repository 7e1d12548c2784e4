"""One's own account: sign-in, sessions, tokens, company, colours."""
