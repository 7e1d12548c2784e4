"""What is due, what a batch holds, what the bank has left."""
