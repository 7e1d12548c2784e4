"""What batches and bank files are made of, worked out without touching a database."""
