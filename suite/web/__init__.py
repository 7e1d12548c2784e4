"""What every page and request shares: middleware, headers, error pages, health, sign-in, logging."""
