"""Obligations, their tasks and tax returns as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.compliance import views  # noqa: F401 - registers the report pages
from erp.compliance.models import Obligation, ObligationTask, TaxReturn, TaxReturnBox, TaxReturnEntry
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class ObligationResource(Resource):
    model = Obligation
    menu = ("closing", 61)
    icon = "gavel"
    columns = ("name", "kind", "every", "days", "owner", "is_active")
    filters = ("kind", "is_active")
    search = ("name",)
    ordering = ("name",)
    form_fields = ("name", "kind", "every", "days", "starts_on", "owner", "is_active")
    sections = ((_("Obligation"), ("kind", "every", "days", "starts_on", "owner", "is_active")),)
    related = (("erp.obligationtask", "obligation"),)
    select_related = ("owner",)
    import_key = "name"
    empty_hint = _("Tax returns, year accounts: what the law asks, when, and who sees to it.")


@register
class ObligationTaskResource(Resource):
    model = ObligationTask
    menu = ("closing", 60)
    icon = "calendar-due"
    columns = ("obligation", "starts_on", "ends_on", "due_on", "owner", "status")
    filters = ("status", "obligation", "owner", "due_on")
    search = ("obligation__name",)
    ordering = ("due_on", "pk")
    sections = ((_("Task"), ("obligation", "starts_on", "ends_on", "due_on", "owner", "done_on")),)
    related = (("erp.taxreturn", "task"),)
    select_related = ("obligation", "owner")


@register
class TaxReturnResource(Resource):
    model = TaxReturn
    menu = ("closing", 50)
    icon = "receipt-tax"
    columns = ("starts_on", "ends_on", "output_tax", "input_tax", "payable", "filed_on", "status")
    filters = ("status", "starts_on")
    search = ("snapshot",)
    ordering = ("-starts_on", "-pk")
    form_fields = ("starts_on", "ends_on")
    lines = (
        Lines(TaxReturnBox, parent="tax_return", columns=("code", "label", "amount")),
        Lines(TaxReturnEntry, parent="tax_return", columns=("entry", "output_tax", "input_tax", "is_correction")),
    )
    sections = ((_("Filing"), ("task", "profile", "filed_on", "snapshot", "entry", "paid_on", "payment_entry")),)
    select_related = ("task__obligation", "entry", "payment_entry")
    actions_form = {"file": "erp.compliance.forms.FileForm", "pay": "erp.closing.forms.PayFromBankForm"}
    empty_hint = _("Returns come with the obligation that asks for them, or are opened here by their time.")
