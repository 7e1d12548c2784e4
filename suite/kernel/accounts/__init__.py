"""The console pages of users, roles and locked sign-ins."""
