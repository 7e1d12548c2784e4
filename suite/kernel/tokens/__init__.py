"""Keys with which other programs call the API: hashed, scoped, expiring."""
