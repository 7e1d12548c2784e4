"""Facade for Django only, which finds the tables by it: import a model from its own domain."""

from erp.assets import models as assets
from erp.banking import models as banking
from erp.closing import models as closing
from erp.compliance import models as compliance
from erp.currencies import models as currencies
from erp.dimensions import models as dimensions
from erp.einvoicing import models as einvoicing
from erp.inventory import models as inventory
from erp.knowledge import models as knowledge
from erp.ledger import models as ledger
from erp.opening import models as opening
from erp.payables import models as payables
from erp.receivables import models as receivables
from erp.schedules import models as schedules

__all__ = [
    "assets",
    "banking",
    "closing",
    "compliance",
    "currencies",
    "dimensions",
    "einvoicing",
    "inventory",
    "knowledge",
    "ledger",
    "opening",
    "payables",
    "receivables",
    "schedules",
]
