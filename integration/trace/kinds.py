"""Which rows events cause, and what of each is shown: one readable table over all models that carry a cause."""

from dataclasses import dataclass
from functools import lru_cache

from django.apps import apps
from django.db.models import Model

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
NEVER_WITHOUT_CAUSE = {
    "erp.journalentry": f"r.status = 'posted' AND NOT {BY_HAND}", "erp.openitem": "TRUE", "erp.allocation": "TRUE", "erp.clearingitem": "TRUE",
    "erp.stockmove": "TRUE", "erp.stockvalue": "TRUE", "scm.shipment": "TRUE",
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
