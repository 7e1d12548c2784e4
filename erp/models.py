"""Facade for Django only, which finds the tables by it: import a model from its own domain."""

from erp.allowances import models as allowances
from erp.assets import models as assets
from erp.banking import models as banking
from erp.budgets import models as budgets
from erp.carrierclaims import models as carrierclaims
from erp.claims import models as claims
from erp.closing import models as closing
from erp.compliance import models as compliance
from erp.currencies import models as currencies
from erp.dimensions import models as dimensions
from erp.dunning import models as dunning
from erp.einvoicing import models as einvoicing
from erp.forecasting import models as forecasting
from erp.freight import models as freight
from erp.giveaways import models as giveaways
from erp.inventory import models as inventory
from erp.knowledge import models as knowledge
from erp.ledger import models as ledger
from erp.opening import models as opening
from erp.payables import models as payables
from erp.paymentruns import models as paymentruns
from erp.receivables import models as receivables
from erp.schedules import models as schedules
from erp.settlements import models as settlements
from erp.statements import models as statements

__all__ = [
    "allowances",
    "assets",
    "banking",
    "budgets",
    "carrierclaims",
    "claims",
    "closing",
    "compliance",
    "currencies",
    "dimensions",
    "dunning",
    "einvoicing",
    "forecasting",
    "freight",
    "giveaways",
    "inventory",
    "knowledge",
    "ledger",
    "opening",
    "payables",
    "paymentruns",
    "receivables",
    "schedules",
    "settlements",
    "statements",
]
