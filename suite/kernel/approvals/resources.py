"""Approvals as people see them."""

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from suite.kernel.approvals.models import ApprovalDecision, ApprovalRequest, ApprovalRule, Delegation
from suite.kernel.approvals.views import ApprovalPanel, StepsPanel
from suite.resources.panels import attach
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class ApprovalRequestResource(Resource):
    model = ApprovalRequest
    menu = ("integration", 5)
    icon = "shield-check"
    columns = ("subject", "amount", "created_by", "created_at", "status")
    filters = ("status", "created_by", "created_at")
    search = ("subject", "reason")
    sections = ((_("Question"), ("subject", "amount", "reason", "created_by", "created_at", "status")),)
    lines = (Lines(ApprovalDecision, parent="request", columns=("answer", "decided_by", "decided_for", "reason", "at")),)
    select_related = ("created_by",)
    actions_form = {
        "approve": "suite.kernel.approvals.forms.ApproveForm", "refuse": "suite.kernel.approvals.forms.RefuseForm",
        "withdraw": "suite.kernel.approvals.forms.WithdrawForm",
    }
    empty_hint = _("Where an approval rule asks for it, a document's page offers to ask for approval; what is asked stands here.")


@register
class ApprovalRuleResource(Resource):
    model = ApprovalRule
    menu = ("settings", 30)
    icon = "shield-cog"
    columns = ("action", "from_amount", "up_to", "role", "approver", "needed")
    filters = ("action", "role")
    ordering = ("action", "from_amount", "pk")
    form_fields = ("action", "from_amount", "up_to", "role", "approver", "needed")
    select_related = ("approver",)
    empty_hint = _("Nothing needs approval yet. A rule says: from this amount on, this action needs the yes of this role or person.")


@register
class DelegationResource(Resource):
    model = Delegation
    menu = ("integration", 6)
    icon = "user-share"
    columns = ("giver", "taker", "valid_from", "valid_until", "reason")
    filters = ("giver", "taker", "valid_until")
    ordering = ("-valid_until", "pk")
    form_fields = ("taker", "valid_from", "valid_until", "reason")
    select_related = ("giver", "taker")
    empty_hint = _("While you are away, a colleague can answer approval requests in your place.")


attach(ApprovalRequest, StepsPanel)
for model in apps.get_models():
    if getattr(model, "approvable", None):
        attach(model, ApprovalPanel)
