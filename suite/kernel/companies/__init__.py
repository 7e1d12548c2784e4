"""Legal entities. Every row of business data carries its company; books, numbers and stock never cross it."""
