"""Which price wins. Nearest list first; in it the product before its category, the higher tier before the lower."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

ZERO = Decimal(0)


@dataclass(frozen=True)
class Wanted:
    """A product in a quantity, to be priced."""

    product_id: int
    quantity: Decimal


@dataclass(frozen=True)
class Offer:
    """A price, or a discount (a share), in a list, from a quantity on."""

    list_name: str
    min_quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    category_name: str = ""

    @property
    def words(self) -> str:
        what = _("%(percent)s %% off") % {"percent": plain(self.discount * 100)} if self.unit_price is None else plain(self.unit_price)
        where = f"{self.list_name}, {self.category_name}" if self.category_name else self.list_name
        return _("%(list)s: %(what)s from %(quantity)s") % {"list": where, "what": what, "quantity": plain(self.min_quantity)} \
            if self.min_quantity > 0 else f"{where}: {what}"


@dataclass(frozen=True)
class PriceAnswer:
    """Price of one unit in document currency (None: nothing prices it), discount as a share, the rule that won, what else was looked at."""

    unit_price: Decimal | None
    discount: Decimal
    rule: str
    considered: tuple[str, ...] = ()


def plain(number: Decimal) -> str:
    """A number without trailing zeros and exponents."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Decimal | None) -> str:
    """A share as people say it, "15 %"; empty for none."""
    return f"{number_format((share * 100).normalize())}\u00a0%" if share else ""


def choose(quantity: Decimal, offers: Sequence[Offer], list_price: Decimal | None, list_price_words: str = "") -> PriceAnswer:
    """The first offer whose quantity is reached; a discount applies to the first unit price behind it, at last to the list price.

    `offers` come in order of precedence. Discounts are not added up.
    """
    considered: list[str] = []
    winner: Offer | None = None
    base: Offer | None = None
    for offer in offers:
        if offer.min_quantity > quantity:
            considered.append(_("%(offer)s (not reached by %(quantity)s)") % {"offer": offer.words, "quantity": plain(quantity)})
        elif winner is None:
            winner = offer
        elif winner.unit_price is None and base is None and offer.unit_price is not None:
            base = offer
        else:
            considered.append(offer.words)
    fallback = list_price if list_price else None
    if winner is None:
        if fallback is None:
            return PriceAnswer(None, ZERO, "", tuple(considered))
        return PriceAnswer(fallback, ZERO, list_price_words, tuple(considered))
    if winner.unit_price is not None:
        if fallback is not None:
            considered.append(list_price_words)
        return PriceAnswer(winner.unit_price, ZERO, winner.words, tuple(considered))
    if base is not None:
        if fallback is not None:
            considered.append(list_price_words)
        return PriceAnswer(base.unit_price, winner.discount, _("%(discount)s on %(price)s") % {
            "discount": winner.words, "price": base.words}, tuple(considered))
    if fallback is None:
        return PriceAnswer(None, ZERO, "", (*considered, _("%(offer)s (there is no price to take it off)") % {"offer": winner.words}))
    return PriceAnswer(fallback, winner.discount, _("%(discount)s on %(price)s") % {
        "discount": winner.words, "price": list_price_words}, tuple(considered))
