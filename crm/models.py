"""Facade for Django only: import a model from its own domain."""

from crm.customers.models import CustomerTerms
from crm.margins.models import MarginApproval, MarginFloor
from crm.orders.models import Order, OrderLine, OrderRevision
from crm.pricing.models import PriceList, PriceListItem
from crm.quotes.models import Quote, QuoteLine

__all__ = ["CustomerTerms", "MarginApproval", "MarginFloor", "Order", "OrderLine", "OrderRevision", "PriceList", "PriceListItem", "Quote", "QuoteLine"]
