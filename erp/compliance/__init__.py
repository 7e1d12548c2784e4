"""What the law asks and when: obligations with owner and evidence, tax returns filed as they stood, duties that one person must not join."""
