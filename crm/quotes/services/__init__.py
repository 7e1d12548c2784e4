"""Everything that changes a quote: drafting, sending, revising, and how it ends."""

from crm.quotes.services.accepting import accept_quote
from crm.quotes.services.drafting import QuoteLineInput, draft_quote, price_unsaved_quote
from crm.quotes.services.offering import (
    approve_quote_margin,
    ask_quote_margin,
    expire_quote,
    expire_quotes,
    reject_quote,
    revise_quote,
    send_quote,
)

__all__ = [
    "QuoteLineInput", "accept_quote", "approve_quote_margin", "ask_quote_margin", "draft_quote", "expire_quote", "expire_quotes", "price_unsaved_quote",
    "reject_quote", "revise_quote", "send_quote",
]
