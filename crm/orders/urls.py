"""Addresses of orders beside those of the declaration."""

from django.urls import path

from crm.orders.views import OrderPrice

urlpatterns = [path("order-price/", OrderPrice.as_view(), name="order_price")]
