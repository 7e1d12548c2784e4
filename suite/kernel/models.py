"""Facade for Django only: import a model from its own domain."""

from suite.kernel.attachments.models import Attachment
from suite.kernel.audit.models import AuditEvent, RowChange, StatusChange
from suite.kernel.calendars.models import FiscalYear, Holiday, Period, WorkCalendar
from suite.kernel.companies.models import Branch, Company
from suite.kernel.documents.models import IdempotencyKey
from suite.kernel.mail.models import OutgoingMail
from suite.kernel.money.models import Currency, ExchangeRate
from suite.kernel.notes.models import Note
from suite.kernel.parties.models import Address, ContactPoint, Party
from suite.kernel.products.models import Barcode, Product, ProductCategory
from suite.kernel.savedviews.models import SavedView
from suite.kernel.sites.models import Site
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm, PaymentTermShare
from suite.kernel.tokens.models import ApiToken
from suite.kernel.units.models import Unit, UnitConversion
from suite.kernel.users.models import User

__all__ = [
    "Address", "ApiToken", "Attachment", "AuditEvent", "Barcode", "Branch", "Company", "ContactPoint", "Currency", "ExchangeRate", "FiscalYear",
    "Holiday", "IdempotencyKey", "Note", "OutgoingMail", "Party", "PaymentTerm", "PaymentTermShare", "Period", "Product", "ProductCategory", "RowChange",
    "SavedView", "Site", "StatusChange", "Tax", "Unit", "UnitConversion", "User", "WorkCalendar",
]
