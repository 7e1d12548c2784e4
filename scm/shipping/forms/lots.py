"""Lots as a clerk types them: one a line, "L-100: 3", or one lot alone for all that leaves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from scm.shipping.models import Shipment, ShipmentLine, ShipmentLot
from scm.shipping.rules import LotQuantity, allot
from scm.shipping.selectors import today_at_site
from scm.shipping.signals import LotOffer, LotWish, lots_asked
from suite.kernel.documents.errors import BusinessError
from suite.kernel.money.rules import ZERO

MOST = 6
Typed = list[tuple[str, Decimal | None]]


class LotsField(forms.CharField):
    """Gives (lot, quantity) pairs; no quantity where a lot stands alone."""

    widget = forms.Textarea

    def __init__(self, **kwargs: object) -> None:
        super().__init__(max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "off"}), **kwargs)

    def to_python(self, value: object) -> Typed:
        typed: Typed = []
        for line in (part.strip() for text in str(value or "").splitlines() for part in text.split(";")):
            number, colon, quantity = line.rpartition(":")
            if not line:
                continue
            if not colon:
                typed.append((line, None))
                continue
            try:
                typed.append((number.strip(), Decimal(quantity.strip().replace(",", "."))))
            except InvalidOperation:
                raise ValidationError(
                    _("“%(line)s” is not a lot with its quantity, such as L-100: 3."), code="bad_lots", params={"line": line},
                ) from None
        if any(not number or quantity is not None and not (quantity.is_finite() and 0 < quantity < 10**13) for number, quantity in typed):
            raise ValidationError(_("Each lot has its number and a quantity above zero, such as L-100: 3."), code="bad_lots")
        if len(typed) > 1 and any(quantity is None for _number, quantity in typed):
            raise ValidationError(_("With several lots, each needs its quantity, such as L-100: 3."), code="bad_lots")
        return typed

    def validate(self, value: Typed) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Typed) -> None:
        """The text was checked as it was read."""


def whole(typed: Typed, leaving: Decimal) -> list[LotQuantity]:
    """What was typed, with all that leaves for a lot that stands alone."""
    return [LotQuantity(number, leaving if quantity is None else quantity) for number, quantity in typed]


@dataclass
class LotsToName:
    """What is known of a line's lots before it leaves."""

    picked: list[ShipmentLot] = field(default_factory=list)
    offers: tuple[LotOffer, ...] = ()

    def initial(self, quantity: Decimal) -> str:
        """The lots that were picked; else of those on offer, first expiry first, as many as make up the quantity."""
        parts: dict[str, Decimal] = {}
        pairs = [(row.number, row.picked) for row in self.picked]
        for number, part in pairs or [(offer.number, part) for offer, part in allot(self.offers, quantity, {})[0]]:
            parts[number] = parts.get(number, ZERO) + part
        return "\n".join(f"{number}: {part.normalize():f}" for number, part in parts.items())

    def help_text(self) -> str:
        """What may be named, in the order in which it should leave."""
        if not self.offers:
            return _("No lot that is still good is free here.")
        known = [
            f"{offer.number} ({offer.place}" + (f", {date_format(offer.expires_on, 'SHORT_DATE_FORMAT')}" if offer.expires_on else "")
            + f"): {offer.quantity.normalize():f}"
            for offer in self.offers[:MOST]
        ]
        return _("One a line, such as L-100: 3. First expiry first: %(lots)s") % {"lots": " · ".join(known)}


def lots_to_name(shipment: Shipment, lines: Sequence[ShipmentLine]) -> dict[int, LotsToName]:
    """Per line of a tracked product what was picked and what is on offer today."""
    if not lines:
        return {}
    wishes = [LotWish(line.order_line_key, line.product_id) for line in lines]
    try:
        answers = lots_asked.ask(company_id=shipment.company_id, site_id=shipment.site_id, on=today_at_site(shipment), wishes=wishes)
    except BusinessError:
        # A site without a warehouse: the dispatch itself says so.
        return {line.pk: LotsToName() for line in lines}
    known = {line.pk: LotsToName([], answer.offers) for line, answer in zip(lines, answers, strict=True)}
    for row in ShipmentLot.objects.filter(shipment=shipment, picked__gt=0).order_by("expires_on", "pk"):
        if row.line_id in known:
            known[row.line_id].picked.append(row)
    return known
