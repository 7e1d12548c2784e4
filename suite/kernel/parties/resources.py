from django.utils.translation import gettext_lazy as _

from suite.kernel.parties.models import Address, ContactPoint, Party
from suite.resources.menu import entry
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class PartyResource(Resource):
    model = Party
    menu = ("customers", 40)
    icon = "users"
    columns = ("number", "name", "country", "is_customer", "is_supplier", "payment_term", "credit_limit", "is_active")
    filters = (
        "is_customer", "is_supplier", "is_carrier", "is_employee", "is_active", "country", "tax_treatment", "payment_term", "sales_representative",
    )
    search = ("number", "name", "email", "vat_number")
    ordering = ("name", "pk")
    form_fields = (
        "name", "number", "kind", "is_customer", "is_supplier", "is_carrier", "is_employee", "is_active", "email", "phone", "website", "country",
        "language", "vat_number", "tax_treatment", "fiscal_position", "withholding_tax", "payment_term", "credit_limit", "sales_representative", "reports_to",
    )
    lines = (
        Lines(
            Address, parent="party", fields=("purpose", "name", "street", "postal_code", "city", "region", "country", "is_default"),
            columns=("purpose", "name", "street", "postal_code", "city", "country", "is_default"),
        ),
        Lines(
            ContactPoint, parent="party", fields=("name", "job_title", "email", "phone", "is_primary"),
            columns=("name", "job_title", "email", "phone", "is_primary"),
        ),
    )
    sections = (
        (_("Reach"), ("email", "phone", "website", "language")),
        (_("Selling"), ("payment_term", "credit_limit", "sales_representative", "vat_number", "tax_treatment", "fiscal_position", "withholding_tax")),
        (_("Roles"), ("kind", "is_customer", "is_supplier", "is_carrier", "is_employee", "is_active", "reports_to")),
    )
    related = (("crm.customerterms", "party"), ("crm.quote", "customer"), ("crm.order", "customer"))
    import_key = "number"
    select_related = ("payment_term",)
    empty_hint = _("Everybody you trade with stands here once: customers, suppliers, carriers, colleagues. Register the first one.")


entry("customers", 10, _("Customers"), "kernel:party_list", "kernel.view_party", "users-group", query="is_customer=true")
entry("customers", 20, _("Suppliers"), "kernel:party_list", "kernel.view_party", "building-factory", query="is_supplier=true")
