"""People and services that sign in. Staff belong to companies; a portal user belongs to one party and is never staff."""
