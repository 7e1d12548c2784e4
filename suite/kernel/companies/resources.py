from django.utils.translation import gettext_lazy as _

from suite.kernel.companies.models import Branch, Company
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class CompanyResource(Resource):
    model = Company
    menu = ("settings", 10)
    icon = "building"
    columns = ("code", "name", "currency", "country", "vat_number")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = (
        "code", "name", "currency", "country", "vat_number", "registration_number", "email", "phone", "iban", "bic", "timezone", "street", "postal_code",
        "city", "address", "cogs_policy", "invoice_policy", "revenue_point", "reval_gains", "tax_point", "advance_tax", "tax_rounding",
        "einvoice_check", "accrues_freight", "payment_tolerance", "over_delivery_percent", "lead_days",
    )
    sections = (
        (_("Contact"), ("email", "phone", "iban", "bic", "street", "postal_code", "city", "registration_number", "address")),
        (_("How the books work"), (
            "cogs_policy", "invoice_policy", "revenue_point", "reval_gains", "tax_point", "advance_tax", "tax_rounding", "einvoice_check",
            "accrues_freight", "payment_tolerance", "over_delivery_percent", "lead_days",
        )),
    )


@register
class BranchResource(Resource):
    model = Branch
    menu = ("settings", 11)
    icon = "building-store"
    columns = ("code", "name")
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name")
    import_key = "code"
