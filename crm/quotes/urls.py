"""Addresses of quotes beside those of the declaration."""

from django.urls import path

from crm.quotes.views import QuotePrice

urlpatterns = [path("quote-price/", QuotePrice.as_view(), name="quote_price")]
