"""Homes per role, panels on other apps' pages, job page."""
