"""Events and deliveries as operations sees them."""

from django.utils.translation import gettext_lazy as _

from integration.outbox.models import Delivery, Event, Replay
from suite.resources import menu
from suite.resources.registry import register
from suite.resources.resource import Resource

menu.entry("integration", 10, _("Worklist"), "integration:worklist", "integration.view_event", "list-check")
menu.entry("integration", 15, _("Background work"), "integration:jobs", "integration.view_delivery", "activity")


@register
class EventResource(Resource):
    model = Event
    menu = ("integration", 30)
    icon = "bolt"
    columns = ("id", "type", "aggregate", "aggregate_id", "actor", "created")
    filters = ("type", "aggregate", "created")
    search = ("type", "aggregate")
    ordering = ("-id",)
    sections = (
        (_("Fact"), ("type", "aggregate", "aggregate_id", "seq", "created", "actor")),
        (_("Trace"), ("uid", "causation_id", "trace_parent", "payload")),
    )
    related = (("integration.delivery", "event"),)
    select_related = ("actor",)


@register
class DeliveryResource(Resource):
    model = Delivery
    menu = ("integration", 20)
    icon = "mailbox"
    columns = ("id", "handler", "aggregate_key", "status", "attempts", "next_at", "done_at")
    filters = ("status", "handler")
    search = ("aggregate_key", "handler")
    ordering = ("-id",)
    sections = (
        (_("Delivery"), ("handler", "aggregate_key", "seq", "status", "attempts")),
        (_("Times"), ("next_at", "first_failed_at", "done_at", "last_error")),
    )
    select_related = ("event",)


@register
class ReplayResource(Resource):
    model = Replay
    menu = ("integration", 40)
    icon = "rotate"
    columns = ("id", "action", "reason", "actor", "at")
    filters = ("action",)
    search = ("reason",)
    ordering = ("-id",)
    sections = ((_("What was done"), ("action", "reason", "actor", "at", "delivery_ids")),)
    select_related = ("actor",)
