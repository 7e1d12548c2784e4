"""What a statement line may be: facts read once, proposals scored in words, rules that learn."""
