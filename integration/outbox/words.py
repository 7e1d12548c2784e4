"""Events, consumers and acts as people call them."""

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integration.outbox.consumers import all_consumers, consumer_named
from suite.kernel.documents.models import Document
from suite.kernel.documents.transitions import transitions_of
from suite.resources.codes import kind_words

FACTS = {
    "crm.order.confirmed": gettext_lazy("Order confirmed"),
    "crm.order.released": gettext_lazy("Order released"),
    "crm.order.held": gettext_lazy("Order put on hold"),
    "crm.order.amended": gettext_lazy("Order amended"),
    "crm.order.closed_short": gettext_lazy("Order closed short"),
    "crm.order.cancelled": gettext_lazy("Order cancelled"),
    "crm.order.reopened": gettext_lazy("Order reopened"),
    "scm.shipment.dispatched": gettext_lazy("Shipment dispatched"),
    "scm.shipment.delivered": gettext_lazy("Shipment delivered"),
    "scm.shipment.returned": gettext_lazy("Shipment came back"),
    "scm.shipment.lost": gettext_lazy("Shipment lost"),
    "scm.shipment.cancelled": gettext_lazy("Shipment cancelled"),
    "erp.invoice.posted": gettext_lazy("Invoice posted"),
    "erp.invoice.credited": gettext_lazy("Invoice credited"),
    "erp.payment.posted": gettext_lazy("Payment posted"),
    "erp.payment.reversed": gettext_lazy("Payment reversed"),
    "erp.dunning.posted": gettext_lazy("Dunning letters issued"),
    "erp.stock.arrived": gettext_lazy("Stock arrived"),
    "erp.stock.freed": gettext_lazy("Stock became free"),
}
REPLAYS = {"replay": gettext_lazy("Tried again"), "skip": gettext_lazy("Given up")}


def _acts() -> dict[str, tuple[type[Document], str]]:
    return {
        f"{model._meta.label_lower}.{name}": (model, str(step.label))
        for model in apps.get_models() if issubclass(model, Document) for name, step in transitions_of(model).items()
    }


def event_words(event_type: str) -> str:
    """A fact in words: "Order confirmed"; an act that has no fact of its own by its document and its button: "Stock adjustment: Post"."""
    if event_type in FACTS:
        return str(FACTS[event_type])
    kind, _dot, name = event_type.rpartition(".")
    try:
        step = transitions_of(apps.get_model(kind)).get(name)
    except (LookupError, ValueError):
        return event_type
    return f"{kind_words(kind)}: {step.label if step else name}"


def event_types() -> list[str]:
    """Every type of event that the suite can tell of."""
    return [*FACTS, *_acts()]


def consumer_words(name: str) -> str:
    """What a consumer does; its code where it no longer exists."""
    try:
        return str(consumer_named(name).label)
    except KeyError:
        return name


def consumer_names() -> list[str]:
    return [consumer.name for consumer in all_consumers()]


def aggregate_words(label: str) -> str:
    """The kind of thing that events are about."""
    return _("Arrival of stock") if label == "erp.arrival" else kind_words(label)


def aggregates() -> list[str]:
    return ["erp.arrival", *(model._meta.label_lower for model in apps.get_models() if issubclass(model, Document))]


def replay_words(action: str) -> str:
    return str(REPLAYS.get(action, action))
