"""Facade for Django only, which finds the tables by it: import a model from its own domain."""

from suite.kernel.approvals import models as approvals
from suite.kernel.attachments import models as attachments
from suite.kernel.audit import models as audit
from suite.kernel.calendars import models as calendars
from suite.kernel.companies import models as companies
from suite.kernel.documents import models as documents
from suite.kernel.mail import models as mail
from suite.kernel.money import models as money
from suite.kernel.notes import models as notes
from suite.kernel.parties import models as parties
from suite.kernel.products import models as products
from suite.kernel.savedviews import models as savedviews
from suite.kernel.sites import models as sites
from suite.kernel.taxes import models as taxes
from suite.kernel.terms import models as terms
from suite.kernel.tokens import models as tokens
from suite.kernel.units import models as units
from suite.kernel.users import models as users

__all__ = [
    "approvals",
    "attachments",
    "audit",
    "calendars",
    "companies",
    "documents",
    "mail",
    "money",
    "notes",
    "parties",
    "products",
    "savedviews",
    "sites",
    "taxes",
    "terms",
    "tokens",
    "units",
    "users",
]
