"""Which rows events cause, and what of each is shown: one readable table over all models that carry a cause."""

from dataclasses import dataclass
from functools import lru_cache

from django.apps import apps
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import CausedRow
from suite.kernel.documents.models import Document

# Column with the money (or, for stock, the quantity) of a kind; kinds not named here show none.
AMOUNTS = {
    "crm.order": "gross", "crm.quote": "gross", "erp.customerinvoice": "gross", "erp.customerpayment": "amount", "erp.openitem": "amount",
    "erp.allocation": "amount", "erp.clearingitem": "amount", "erp.creditcommitment": "amount", "erp.stockvalue": "value",
    "erp.statementline": "amount",
}
QUANTITIES = {"erp.reservation": "quantity", "erp.stockmove": "quantity"}
# Rows of these kinds exist only as the effect of an act: one without a cause is an orphan. An entry typed by hand has none: a person
# made the draft, and its history says who posted it.
BY_HAND = (
    "EXISTS (SELECT 1 FROM kernel_statuschange s JOIN django_content_type t ON t.id = s.content_type_id WHERE t.app_label = 'erp'"
    " AND t.model = 'journalentry' AND s.object_id = r.id AND s.action = 'post')"
)
# Nor has what a person posts by closing a period or a year: the entry names the period or year, and who did it.
AT_CLOSING = "EXISTS (SELECT 1 FROM erp_journalentry c WHERE c.id = {entry} AND c.source_key ~ '^kernel[.](period|fiscalyear):')"
# Nor has what came in from the files of other books: its source says from which.
MOVED_IN = "coalesce(r.source_key, '') LIKE 'adventureworks/finance/%%'"
NEVER_WITHOUT_CAUSE = {
    "erp.journalentry": f"r.status = 'posted' AND NOT {BY_HAND} AND NOT {AT_CLOSING.format(entry='r.id')} AND NOT {MOVED_IN}",
    "erp.openitem": "TRUE", "erp.allocation": "TRUE", "erp.clearingitem": f"NOT {AT_CLOSING.format(entry='r.entry_id')}",
    "erp.stockmove": "TRUE", "erp.stockvalue": "TRUE", "scm.shipment": "TRUE",
}

# What a fact is called after the document it is about: "Order confirmed". Facts not named here are shown as the act's own word.
FACTS = {
    "confirmed": _("confirmed"), "released": _("released"), "held": _("held"), "amended": _("amended"), "closed_short": _("closed short"),
    "cancelled": _("cancelled"), "dispatched": _("dispatched"), "delivered": _("delivered"), "returned": _("returned"), "lost": _("lost"),
    "reopened": _("reopened"), "posted": _("posted"),
    "credited": _("credited"), "reversed": _("reversed"), "accept": _("accepted"), "send": _("sent"), "match": _("matched"),
    "allocate": _("allocated"), "receive": _("received"), "book": _("booked"), "post": _("posted"),
}


@dataclass(frozen=True)
class Kind:
    """A model whose rows events cause."""

    label: str
    model: type[Model]
    is_document: bool

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def amount(self) -> str:
        return AMOUNTS.get(self.label, "NULL")

    @property
    def quantity(self) -> str:
        return QUANTITIES.get(self.label, "NULL")


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Every kind of caused row by its label ("erp.customerinvoice")."""
    return {
        model._meta.label_lower: Kind(model._meta.label_lower, model, issubclass(model, Document))
        for model in apps.get_models() if issubclass(model, CausedRow)
    }


def fact_label(event_type: str, document_key: str) -> str:
    """A fact in words: "crm.order.confirmed" about "crm.order:42" is "Order confirmed"."""
    kind, word = kinds().get(document_key.partition(":")[0]), event_type.rpartition(".")[2]
    return f"{capfirst(str(kind.model._meta.verbose_name))} {FACTS.get(word, word.replace('_', ' '))}" if kind else event_type


def status_label(kind: str, status: str) -> str:
    """A stored status in words."""
    if kind not in kinds() or not status:
        return status
    names = {field.name: field for field in kinds()[kind].model._meta.concrete_fields}
    return str(dict(names["status"].flatchoices).get(status, status)) if "status" in names else status
