"""Fault drills on real processes: workers, broker, database and handlers die under load; nothing may be lost, doubled or unbalanced."""
