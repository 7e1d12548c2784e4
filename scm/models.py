"""Facade for Django only: import a model from its own domain."""
