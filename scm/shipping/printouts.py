from decimal import Decimal

from barcode.codex import Code128, Gs1_128
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from scm.shipping.models import Shipment
from scm.shipping.rules import sscc_text
from suite.kernel.documents.errors import Refusal
from suite.kernel.printing.letters import Column, Letter, address_lines, day, letterhead, number, quantity
from suite.kernel.printing.services import Printout, render_pdf


def print_delivery_note(shipment: Shipment) -> Printout:
    """What lies in the parcels (before dispatch: what is planned), without prices, in the customer's language."""
    customer = shipment.customer
    with translation.override(customer.language):
        lines = list(shipment.lines.select_related("product__unit").order_by("position"))
        quantities = [line.quantity if shipment.is_open else line.shipped for line in lines]
        parcels = list(shipment.parcels.order_by("position"))
        lots = _lots(shipment)
        letter = Letter(
            company=shipment.company, title=_("Delivery note %(number)s") % {"number": shipment},
            recipient=address_lines(customer.name, shipment.ship_to),
            facts=[
                (_("Date"), day(shipment.dispatched_on or shipment.planned_on)), (_("Our order"), shipment.order_number),
                (_("Customer"), customer.number), (_("Carrier"), str(shipment.carrier) if shipment.carrier else ""),
                (_("Tracking number"), shipment.tracking_number),
                (_("Weight"), f"{number(shipment.weight_kg, 1)} kg" if shipment.weight_kg else ""),
                (_("Parcels"), str(len(parcels)) if parcels else ""),
            ],
            columns=[Column(_("Pos.")), Column(_("Article")), Column(_("Description"), is_wide=True), Column(_("Quantity"), True)],
            rows=[
                [
                    str(place), line.product.sku, "\n".join([line.description or line.product.name, *lots.get(line.pk, ())]),
                    f"{quantity(amount)} {line.product.unit.code}",
                ]
                for place, (line, amount) in enumerate(zip(lines, quantities, strict=True), 1) if amount
            ],
            notes=[
                _("This is part %(wave)s of your order; the rest follows.") % {"wave": shipment.wave}
                if shipment.pk and shipment.backorders.exists() else "",
                _("Please check the goods on receipt and tell us of damage within two working days."),
            ],
            signature=(_("Date and time"), _("Received in good order")),
            stamp=shipment.get_status_display() if shipment.status in (Shipment.Status.PLANNED, Shipment.Status.CANCELLED) else "",
        )
        return Printout(f"delivery-note-{shipment.number}.pdf", letter.pdf())


def _lots(shipment: Shipment) -> dict[int, list[str]]:
    """Per line what left of each lot (before dispatch: what is picked), a line of text each."""
    parts: dict[int, dict[tuple, Decimal]] = {}
    for row in shipment.lots.order_by("line__position", F("expires_on").asc(nulls_last=True), "pk"):
        amount = row.picked if shipment.is_open else row.shipped
        of_line = parts.setdefault(row.line_id, {})
        if amount:
            of_line[row.number, row.expires_on] = of_line.get((row.number, row.expires_on), Decimal(0)) + amount
    return {
        pk: [
            (_("Lot %(lot)s, best before %(date)s: %(quantity)s") if expires_on else _("Lot %(lot)s: %(quantity)s"))
            % {"lot": number, "date": day(expires_on), "quantity": quantity(amount)}
            for (number, expires_on), amount in of_line.items()
        ]
        for pk, of_line in parts.items()
    }


def print_label(shipment: Shipment) -> Printout:
    """A label per parcel, 100 x 150 mm, with its number as GS1-128. Raises Refusal before a carrier is booked."""
    parcels = list(shipment.parcels.order_by("position"))
    if shipment.carrier is None or not parcels:
        raise Refusal(
            _("%(shipment)s has no carrier yet; there is no label to print.") % {"shipment": shipment}, hint=_("Book a carrier first."),
        )
    with translation.override(shipment.customer.language):
        head = letterhead(shipment.company)
        own_number = shipment.tracking_number not in {parcel.sscc for parcel in parcels}
        content = render_pdf("label", {
            "language": translation.get_language()[:2], "title": _("Labels of %(number)s") % {"number": shipment},
            "words": {"from": _("From"), "to": _("To"), "shipment": _("Shipment"), "weight": _("Weight"), "parcel": _("Parcel")},
            "sender": [head["name"], *head["address"]], "recipient": address_lines(shipment.customer.name, shipment.ship_to),
            "carrier": shipment.carrier.name, "service": shipment.service, "shipment": shipment.number,
            "reference": _("Order %(number)s") % {"number": shipment.order_number} if shipment.order_number else "",
            "tracking": shipment.tracking_number,
            "tracking_bars": Code128(shipment.tracking_number).build()[0] if own_number and shipment.tracking_number else "",
            "parcels": [
                {
                    "weight": f"{number(parcel.weight_kg, 2)} kg", "position": f"{parcel.position} / {len(parcels)}",
                    "bars": Gs1_128(f"00{parcel.sscc}").build()[0], "text": sscc_text(parcel.sscc),
                }
                for parcel in parcels
            ],
        })
        return Printout(f"label-{shipment.number}.pdf", content)
