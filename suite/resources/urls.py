"""Addresses of every declared resource."""

urlpatterns: list = []
