"""Taxes between documents and the return, as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.receivables.models import AdvanceTax, FiscalPositionAccount, WithheldTax
from erp.taxes import views  # noqa: F401 - registers the report pages
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class FiscalPositionAccountResource(Resource):
    model = FiscalPositionAccount
    menu = ("settings", 22)
    icon = "map-pin-cog"
    columns = ("fiscal_position", "role", "account")
    filters = ("fiscal_position", "role")
    search = ("fiscal_position__name", "account__code", "account__name")
    ordering = ("fiscal_position", "role")
    form_fields = ("fiscal_position", "role", "account")
    sections = ((_("Account"), ("fiscal_position", "role", "account")),)
    select_related = ("fiscal_position", "account")
    empty_hint = _("Revenue abroad on an account of its own: which account plays a role for documents in a fiscal position.")


@register
class WithheldTaxResource(Resource):
    model = WithheldTax
    menu = ("closing", 54)
    icon = "cash-minus"
    columns = ("withheld_on", "side", "party", "tax", "document_key", "base", "amount", "entry")
    filters = ("side", "party", "tax", "withheld_on")
    search = ("party__name", "entry__number")
    ordering = ("-withheld_on", "-pk")
    sections = ((_("Withheld tax"), ("side", "party", "tax", "withheld_on", "base", "amount", "entry")),)
    totals = ("base", "amount")
    select_related = ("party", "tax", "entry")
    empty_hint = _("Name a withholding tax on a supplier or customer: what is kept back of their bills and invoices stands here.")


@register
class AdvanceTaxResource(Resource):
    model = AdvanceTax
    menu = ("closing", 55)
    icon = "receipt-dollar"
    columns = ("entry", "party", "document_key", "tax", "base", "amount")
    filters = ("party", "tax")
    search = ("party__name", "entry__number")
    ordering = ("-pk",)
    sections = ((_("Tax on an advance"), ("party", "tax", "base", "amount", "entry")),)
    totals = ("base", "amount")
    select_related = ("party", "tax", "entry")
    empty_hint = _("Deposits and advances that contain tax stand here, with what of it was taken back on the invoice.")
