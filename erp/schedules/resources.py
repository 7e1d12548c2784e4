"""Schedules as people see them."""

from django.utils.translation import gettext_lazy as _

from erp.schedules import views  # noqa: F401 - registers the report page
from erp.schedules.models import Accrual, Deferral, DeferralInstalment, RecurringEntry, RecurringEntryLine, ScheduledReversal
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class RecurringEntryResource(Resource):
    model = RecurringEntry
    menu = ("closing", 20)
    icon = "repeat"
    columns = ("name", "every", "first_on", "last_on", "is_reversing", "status")
    filters = ("status", "every")
    search = ("name",)
    ordering = ("name", "pk")
    form_fields = ("name", "journal", "every", "first_on", "last_on", "is_reversing")
    lines = (
        Lines(
            RecurringEntryLine, parent="template", fields=("account", "party", "debit", "credit", "description"),
            columns=("position", "account", "party", "debit", "credit", "description"),
        ),
    )
    sections = ((_("Calendar"), ("journal", "every", "first_on", "last_on", "is_reversing", "status")),)
    select_related = ("journal",)
    actions_form = {"stop": "erp.schedules.forms.StopForm"}
    empty_hint = _("Rent, leasing, insurance: what is booked the same way each month is typed once here.")


@register
class DeferralResource(Resource):
    model = Deferral
    menu = ("closing", 21)
    icon = "timeline"
    columns = ("description", "kind", "party", "amount", "starts_on", "ends_on", "status")
    filters = ("status", "kind", "starts_on")
    search = ("description",)
    ordering = ("-starts_on", "-pk")
    form_fields = ("kind", "description", "party", "account", "amount", "booked_on", "is_moved", "starts_on", "ends_on", "split")
    lines = (Lines(DeferralInstalment, parent="deferral", columns=("position", "due_on", "amount", "entry")),)
    sections = ((_("Deferral"), ("kind", "party", "account", "amount", "booked_on", "is_moved", "starts_on", "ends_on", "split", "entry")),)
    select_related = ("party", "account", "entry")
    actions_form = {"release": "erp.schedules.forms.ReleaseForm"}
    empty_hint = _("An insurance paid for a year, support invoiced in advance: each month bears its own part.")


@register
class AccrualResource(Resource):
    model = Accrual
    menu = ("closing", 22)
    icon = "receipt-off"
    columns = ("description", "party", "accrued_on", "amount", "status")
    filters = ("status", "accrued_on")
    search = ("description",)
    ordering = ("-accrued_on", "-pk")
    form_fields = ("accrued_on", "description", "party", "account", "amount")
    sections = ((_("Accrual"), ("accrued_on", "party", "account", "amount", "entry")),)
    select_related = ("party", "account", "entry")
    empty_hint = _("A service received before the period ends and billed after it is accrued here, and reversed by itself.")


@register
class ScheduledReversalResource(Resource):
    model = ScheduledReversal
    menu = ("closing", 23)
    icon = "arrow-back-up"
    columns = ("entry", "reverse_on")
    filters = ("reverse_on",)
    search = ("entry__number",)
    ordering = ("-reverse_on", "-pk")
    form_fields = ("entry", "reverse_on")
    sections = ((_("Scheduled reversal"), ("entry", "reverse_on")),)
    select_related = ("entry",)
