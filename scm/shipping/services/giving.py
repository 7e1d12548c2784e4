"""Goods that leave without an order: gifts and samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from scm.shipping.models import Shipment, ShipmentLine
from scm.shipping.signals import reasons_asked, shipment_planned
from suite.access.permissions import may
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.signals import act_done
from suite.kernel.documents.transitions import Act
from suite.kernel.documents.work import current_work, in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.numbering.services import next_number
from suite.kernel.parties.selectors import printed_addresses
from suite.kernel.products.models import Product
from suite.kernel.users.service_user import recorded_id


@dataclass(frozen=True)
class GivenLine:
    """So many units of a product."""

    product_id: int
    quantity: Decimal


def plan_giveaway(
    *, company_id: int, customer_id: int, site_id: int, reason_key: str, lines: Sequence[GivenLine], actor: Any, planned_on: date | None = None,
    ship_to: str = "",
) -> Shipment:
    """A planned shipment that no order asked for; its reason says what its goods are charged to when they leave. It is never invoiced.

    Raises PermissionDenied, and Refusal: no such reason, no lines, a quantity not above zero, a product twice, a service.
    """

    def plan() -> Shipment:
        if not may(actor, Shipment, "give_away"):
            raise PermissionDenied(_("You may not send goods without an order."))
        reason = next((one for one in reasons_asked.ask(company_id=company_id) if one.key == reason_key), None)
        if reason is None:
            raise Refusal(_("This reason is not in use; nothing was planned."), field="reason", code="reason_unknown", hint=_("Choose one of the list."))
        products = _checked(company_id, lines)
        act = Act("plan", None, actor, "", shipment_planned)
        with caused_by(act.event_id):
            shipment = insert_row(Shipment(
                company_id=company_id, number=next_number(company_id=company_id, series="SH"), customer_id=customer_id, site_id=site_id,
                reason_key=reason.key, reason=reason.name, planned_on=planned_on, ship_to=ship_to or printed_addresses(customer_id)[1],
                created_by_id=recorded_id(actor),
            ))
            rows = insert_rows([
                ShipmentLine(
                    company_id=company_id, shipment=shipment, position=place, order_line_key=f"{shipment.key}/{place}", product_id=line.product_id,
                    description=products[line.product_id].name[:200], quantity=line.quantity,
                )
                for place, line in enumerate(lines, 1)
            ])
            act.document = shipment
            act.payload["lines"] = [{"order_line_key": row.order_line_key, "line_key": row.key, "quantity": f"{row.quantity:f}"} for row in rows]
            current_work().effects.append(act)
            shipment_planned.send(sender=Shipment, document=shipment, act=act)
            act_done.send(sender=Shipment, document=shipment, act=act)
        return shipment

    return in_unit_of_work(plan, actor=actor)


def _checked(company_id: int, lines: Sequence[GivenLine]) -> dict[int, Product]:
    if not lines:
        raise Refusal(_("Nothing would be sent; nothing was planned."), field="lines", code="no_lines", hint=_("Enter a product and a quantity."))
    if any(line.quantity <= 0 for line in lines):
        raise Refusal(_("A quantity is not above zero; nothing was planned."), field="lines", code="bad_quantity")
    asked = [line.product_id for line in lines]
    if len(set(asked)) < len(asked):
        raise Refusal(_("A product is named twice; nothing was planned."), field="lines", code="product_twice", hint=_("Add the quantities up."))
    products = {product.pk: product for product in Product.objects.filter(company_id=company_id, pk__in=asked)}
    if any(pk not in products or products[pk].kind != Product.Kind.GOODS for pk in asked):
        raise Refusal(_("Only goods are sent; nothing was planned."), field="lines", code="no_goods")
    return products
