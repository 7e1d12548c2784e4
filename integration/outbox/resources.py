"""Events and deliveries as operations sees them."""

from django.utils.translation import gettext_lazy as _

from integration.outbox.models import Delivery, Event, Replay
from integration.outbox.words import (
    aggregate_words,
    aggregates,
    consumer_names,
    consumer_words,
    event_types,
    event_words,
    replay_words,
)
from suite.resources import menu
from suite.resources.codes import spoken
from suite.resources.registry import register
from suite.resources.resource import Resource

menu.entry("integration", 10, _("Worklist"), "integration:worklist", "integration.view_event", "list-check")
menu.entry("integration", 15, _("Background work"), "integration:jobs", "integration.view_delivery", "activity")

spoken(Event, "type", event_words, event_types)
spoken(Event, "aggregate", aggregate_words, aggregates)
spoken(Delivery, "handler", consumer_words, consumer_names)
spoken(Replay, "action", replay_words, lambda: ("replay", "skip"))


@register
class EventResource(Resource):
    model = Event
    menu = ("integration", 30)
    icon = "bolt"
    columns = ("id", "type", "document_key", "actor", "created")
    filters = ("type", "aggregate", "created")
    search = ("type", "aggregate")
    ordering = ("-id",)
    sections = (
        (_("Fact"), ("type", "document_key", "aggregate", "seq", "created", "actor")),
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
