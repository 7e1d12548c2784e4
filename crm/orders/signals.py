"""What orders announce (sent with document=, act=), and what they ask before they act."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.dispatch import Signal

from suite.kernel.documents.questions import Question

order_confirmed = Signal()
order_held = Signal()
order_released = Signal()
order_amended = Signal()
order_cancelling = Signal()
order_cancelled = Signal()
order_closing_short = Signal()
order_closed_short = Signal()

@dataclass(frozen=True)
class OrderedUnderTax:
    """What an order comes to under one tax: key and rate (a share) of the tax, and the total with it in the order's currency."""

    tax_id: int
    rate: Decimal
    gross: Decimal


@dataclass(frozen=True)
class CreditAnswer:
    """Whether a customer stays within the limit, with the figures (company currency) and a message for the clerk."""

    is_within: bool
    exposure: Decimal | None = None
    limit: Decimal | None = None
    message: str = ""


@dataclass(frozen=True)
class Promise:
    """The day a line is promised for, with the reason in words."""

    on: date
    reason: str = ""


credit_asked = Question("credit_asked")
"""ask(document=order, act=act): a CreditAnswer (or its like), or None where nobody keeps credit.

`act.transition` says what for: confirm, amend, release (asked so that the commitment is kept; a person has decided), accept (of a quote:
only to be told, the order is a draft).
"""

promise_asked = Question("promise_asked")
"""ask(order=order, lines=lines with goods to ship): {line id: Promise(on, reason)}; a line may be missing."""

deposit_asked = Question("deposit_asked")
"""ask(order=, ordered=[OrderedUnderTax], percent=, amount=, issued_on=, act=): the key of the deposit invoice; refuses by raising."""
