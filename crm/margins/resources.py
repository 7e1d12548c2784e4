from django.utils.translation import gettext_lazy as _

from crm.margins.models import MarginApproval, MarginFloor
from crm.margins.views import ApprovalLines
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class MarginFloorResource(Resource):
    model = MarginFloor
    menu = ("sales", 40)
    icon = "scale"
    columns = ("scope", "price_list", "category", "min_margin")
    filters = ("price_list", "category")
    search = ("price_list__name", "category__name")
    ordering = ("pk",)
    form_fields = ("price_list", "category", "min_margin")
    select_related = ("price_list", "category")
    empty_hint = _("Nothing is asked for any margin. A floor without price list and category is the company's policy.")


@register
class MarginApprovalResource(Resource):
    model = MarginApproval
    menu = ("sales", 41)
    icon = "checks"
    columns = ("order", "quote", "outcome", "asked_by", "asked_at", "decided_by", "decided_at", "reason")
    filters = ("outcome", "order", "quote", "asked_by", "decided_by", "asked_at")
    search = ("order__number", "quote__number", "reason")
    ordering = ("-pk",)
    select_related = ("order", "quote", "asked_by", "decided_by")
    empty_hint = _("Orders and quotes below a margin floor, and who approved them, would stand here.")


attach(MarginApproval, ApprovalLines)
