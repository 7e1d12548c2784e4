"""Price lists, and what every priced document and line carries."""

from crm.pricing.models.lists import PriceList, PriceListItem
from crm.pricing.models.priced import PricedDocument, PricedLine

__all__ = ["PriceList", "PriceListItem", "PricedDocument", "PricedLine"]
