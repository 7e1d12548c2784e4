"""Units of measure and exact conversions between them."""
