"""Addresses of quotes beside those of the declaration."""

from django.urls import path

from crm.pricing.views import PricesWhileTyping
from crm.quotes.models import Quote
from crm.quotes.services import price_unsaved_quote

urlpatterns = [path("quote-price/", PricesWhileTyping.as_view(model=Quote, price=price_unsaved_quote), name="quote_price")]
