"""Where shipments are, as carriers and people report it. The newest report counts, in whatever order reports come in."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scm.carriers.models import Carrier, CarrierStatusCode, TrackingMeaning
from scm.shipping.models import Shipment, ShipmentLine, TrackingEvent
from scm.shipping.rules import RANK, meaning_of
from scm.shipping.selectors import line_facts
from scm.shipping.signals import shipment_delayed, shipment_delivered
from suite.access.permissions import may
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock_one
from suite.kernel.documents.reading import read_lines
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.documents.work import in_unit_of_work

Status = Shipment.Status
CLOCK_SLACK = timedelta(minutes=5)  # carriers' clocks run ahead of ours


@transition(
    Shipment, "in_transit", source={Status.DISPATCHED, Status.OUT_FOR_DELIVERY, Status.EXCEPTION}, target=Status.IN_TRANSIT,
    label=gettext_lazy("Under way"), icon="road", order=30,
)
def report_shipment_in_transit(shipment: Shipment, *, actor: Any, act: Act, happened_at: datetime | None = None) -> None:
    """The shipment, on its way."""
    shipment.tracked_at = happened_at or timezone.now()


@transition(
    Shipment, "out_for_delivery", source={Status.DISPATCHED, Status.IN_TRANSIT, Status.EXCEPTION}, target=Status.OUT_FOR_DELIVERY,
    label=gettext_lazy("Out for delivery"), icon="map-pin", order=40,
)
def report_shipment_out_for_delivery(shipment: Shipment, *, actor: Any, act: Act, happened_at: datetime | None = None) -> None:
    """The shipment, with the driver."""
    shipment.tracked_at = happened_at or timezone.now()


@transition(
    Shipment, "deliver", source=Shipment.UNDER_WAY, target=Status.DELIVERED, after=shipment_delivered,
    label=gettext_lazy("Delivered"), icon="circle-check", order=25,
)
def deliver_shipment(
    shipment: Shipment, *, actor: Any, act: Act, delivered_at: datetime | None = None, received_by: str = "",
) -> None:
    """The shipment, handed over. Raises Refusal for a time before dispatch or in the future."""
    now = timezone.now()
    at = delivered_at or now
    if at > now or at.astimezone(ZoneInfo(shipment.site.timezone)).date() < shipment.dispatched_on:
        raise Refusal(_("A delivery lies between dispatch and now; nothing was recorded."), field="delivered_at")
    shipment.delivered_at = shipment.tracked_at = at
    shipment.received_by = received_by[:120]
    act.payload = {"lines": line_facts(read_lines(ShipmentLine, shipment=shipment.pk), shipped=True), "delivered_at": at.isoformat()}


@transition(
    Shipment, "report_exception", source={Status.DISPATCHED, Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY}, target=Status.EXCEPTION,
    after=shipment_delayed, label=gettext_lazy("Report a problem"), icon="alert-triangle", order=60,
)
def report_shipment_exception(
    shipment: Shipment, *, actor: Any, act: Act, reason: str = "", expected_on: date | None = None, happened_at: datetime | None = None,
) -> None:
    """The shipment, stuck; `expected_on` is the day it is now thought to arrive."""
    shipment.tracked_at = happened_at or timezone.now()
    shipment.expected_on = expected_on or shipment.expected_on
    act.payload = {"reason": reason, "expected_on": shipment.expected_on.isoformat() if shipment.expected_on else None}


def record_tracking(
    *, company_id: int, carrier_id: int, tracking_number: str, external_id: str, code: str, happened_at: datetime, actor: Any,
    place: str = "", description: str = "", expected_on: date | None = None,
) -> tuple[TrackingEvent, bool]:
    """(the event, whether it is new). The same (carrier, tracking number, event id) again changes nothing.

    An unknown tracking number is kept too: `catch_up_tracking` reads it once a shipment has that number. The newest report by
    `happened_at` decides the shipment's status; an older one is only kept. Raises PermissionDenied, and Refusal for an unknown
    carrier or a time in the future.
    """
    if happened_at > timezone.now() + CLOCK_SLACK:
        raise Refusal(_("The report lies in the future; it was not recorded."), field="happened_at")
    if not (tracking_number and external_id and code):
        raise Refusal(_("Tracking number, event id and code are needed; nothing was recorded."), field="tracking_number")

    def record() -> tuple[TrackingEvent, bool]:
        if not may(actor, TrackingEvent, "add"):
            raise PermissionDenied(_("You may not record tracking events."))
        if not Carrier.objects.filter(company_id=company_id, pk=carrier_id).exists():
            raise Refusal(_("This carrier is not known; the report was not recorded."), field="carrier")
        shipment = _locked(company_id, carrier_id, tracking_number)
        own = dict(CarrierStatusCode.objects.filter(carrier_id=carrier_id).values_list("code", "meaning"))
        event = TrackingEvent(
            company_id=company_id, carrier_id=carrier_id, tracking_number=tracking_number, external_id=external_id, shipment=shipment,
            code=code, meaning=meaning_of(code, own), happened_at=happened_at, place=place[:120], description=description[:200],
            expected_on=expected_on,
        )
        try:
            with transaction.atomic():
                event.save(force_insert=True)
        except IntegrityError as error:
            if "tracking_event_once" not in str(error):
                raise
            return TrackingEvent.objects.get(carrier_id=carrier_id, tracking_number=tracking_number, external_id=external_id), False
        if shipment:
            _follow(shipment, event, actor)
        return event, True

    return in_unit_of_work(record, actor=actor)


def catch_up_tracking(*, shipment_id: int, actor: Any) -> Shipment:
    """The shipment, at the status its newest report says: for reports that came before its dispatch was recorded."""

    def catch_up() -> Shipment:
        shipment = lock_one(Shipment, shipment_id)
        reports = TrackingEvent.objects.filter(carrier_id=shipment.carrier_id, tracking_number=shipment.tracking_number)
        newest = max(
            reports.exclude(meaning=TrackingMeaning.INFORMATION), key=lambda event: (event.happened_at, RANK[event.meaning]), default=None,
        ) if shipment.tracking_number else None
        return _follow(shipment, newest, actor) if newest else shipment

    return in_unit_of_work(catch_up, actor=actor)


def _locked(company_id: int, carrier_id: int, tracking_number: str) -> Shipment | None:
    pk = Shipment.objects.filter(
        company_id=company_id, carrier_id=carrier_id, tracking_number=tracking_number,
    ).values_list("pk", flat=True).first()
    return lock_one(Shipment, pk) if pk else None


def _follow(shipment: Shipment, event: TrackingEvent, actor: Any) -> Shipment:
    """The shipment after a report. Nothing moves before dispatch, after delivery or return, or on a report older than one acted on."""
    if shipment.status not in Shipment.UNDER_WAY or event.meaning == TrackingMeaning.INFORMATION:
        return shipment
    at = max(event.happened_at, shipment.dispatched_at)
    if event.meaning == TrackingMeaning.DELIVERED:
        return deliver_shipment(shipment, actor=actor, delivered_at=min(at, timezone.now()), received_by=event.description)
    if shipment.tracked_at and (event.happened_at, RANK[event.meaning]) <= (shipment.tracked_at, RANK[shipment.status]):
        return shipment
    if event.meaning == shipment.status:
        shipment.tracked_at = event.happened_at
        shipment.save(update_fields=("tracked_at",))
        return shipment
    if event.meaning == TrackingMeaning.IN_TRANSIT:
        return report_shipment_in_transit(shipment, actor=actor, happened_at=event.happened_at)
    if event.meaning == TrackingMeaning.OUT_FOR_DELIVERY:
        return report_shipment_out_for_delivery(shipment, actor=actor, happened_at=event.happened_at)
    return report_shipment_exception(
        shipment, actor=actor, reason=event.description or event.code, expected_on=event.expected_on, happened_at=event.happened_at,
    )
