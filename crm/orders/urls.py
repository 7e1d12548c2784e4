"""Addresses of orders beside those of the declaration."""

from django.urls import path

from crm.orders.models import Order
from crm.orders.services import price_unsaved_order
from crm.pricing.views import PricesWhileTyping

urlpatterns = [path("order-price/", PricesWhileTyping.as_view(model=Order, price=price_unsaved_order), name="order_price")]
