"""Events and their deliveries: a fact is written with the act, and every consumer sees it exactly once, in order."""
