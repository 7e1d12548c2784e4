"""Analytic dimensions: cost centres, projects, regions … on the lines of entries."""
