"""Writes of settlements."""

from erp.settlements.services.set_offs import post_set_off, reverse_set_off
from erp.settlements.services.small_balances import post_small_balances

__all__ = ["post_set_off", "post_small_balances", "reverse_set_off"]
