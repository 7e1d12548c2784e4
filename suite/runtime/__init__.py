"""How the suite starts: embedded PostgreSQL and Valkey, the processes of `make run`, and the services of the tests."""
