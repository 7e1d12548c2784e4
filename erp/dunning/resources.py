"""Dunning as people see it."""

from django.utils.translation import gettext_lazy as _

from erp.dunning import panels, views  # noqa: F401 - register themselves
from erp.dunning.models import (
    BaseRate,
    DunningBlock,
    DunningLevel,
    DunningNotice,
    DunningNoticeLine,
    DunningPolicy,
    DunningRun,
    DunningText,
)
from suite.resources.registry import register
from suite.resources.resource import Lines, Resource


@register
class DunningRunResource(Resource):
    model = DunningRun
    menu = ("receivables", 20)
    icon = "mail-exclamation"
    columns = ("number", "as_of", "customer", "status", "letters", "fees", "interest")
    filters = ("status", "as_of")
    search = ("number",)
    form_fields = ("as_of", "customer")
    sections = ((_("Run"), ("as_of", "customer", "status", "letters", "fees", "interest", "entry")),)
    related = (("erp.dunningnotice", "run"),)
    select_related = ("customer", "entry")
    actions_form = {"discard": "erp.dunning.forms.DiscardForm"}
    empty_hint = _("Look at the dunning preview, and start a run from there.")


@register
class DunningNoticeResource(Resource):
    model = DunningNotice
    menu = ("receivables", 22)
    icon = "mail"
    columns = ("number", "customer", "level", "issued_on", "pay_by", "status", "currency", "overdue", "fee", "interest", "total")
    filters = ("status", "run", "customer", "level", "issued_on", "currency")
    search = ("number", "customer__name")
    lines = (
        Lines(
            DunningNoticeLine, parent="notice",
            columns=("position", "item__entry", "item__due_on", "days_overdue", "level_before", "level", "open_amount", "interest", "is_issued"),
        ),
    )
    sections = (
        (_("Letter"), ("customer", "level", "run", "issued_on", "pay_by", "status", "waiver")),
        (_("Amounts"), ("currency", "overdue", "credits", "charges_before", "fee", "interest", "total")),
    )
    totals = ("overdue", "fee", "interest", "total")
    select_related = ("customer", "level", "run", "currency", "waiver")
    actions_form = {"leave_out": "erp.dunning.forms.LeaveOutForm", "waive": "erp.dunning.forms.WaiveForm"}
    printouts = (("letter", _("Print"), "erp.dunning.printouts.print_notice"),)
    empty_hint = _("Letters come from dunning runs.")


@register
class DunningBlockResource(Resource):
    model = DunningBlock
    menu = ("receivables", 24)
    icon = "hand-stop"
    columns = ("customer", "item", "kind", "reason", "until")
    filters = ("kind", "customer", "until")
    search = ("customer__name", "reason")
    ordering = ("until", "pk")
    form_fields = ("customer", "item", "kind", "reason", "until")
    sections = ((_("Block"), ("customer", "item", "kind", "reason", "until", "created_at")),)
    select_related = ("customer", "item__entry")
    empty_hint = _("Block a customer or an item while it is disputed, or until the day payment was promised for.")


@register
class DunningLevelResource(Resource):
    model = DunningLevel
    menu = ("receivables", 82)
    icon = "stairs-up"
    columns = ("position", "name", "days", "fee", "interest_points", "minimum_amount", "stops_delivery", "is_active")
    ordering = ("position",)
    form_fields = ("position", "name", "days", "fee", "interest_points", "minimum_amount", "stops_delivery", "is_active")
    lines = (Lines(DunningText, parent="level", fields=("language", "subject", "opening", "closing"), columns=("language", "subject", "opening", "closing")),)
    sections = ((_("Level"), ("position", "name", "days", "fee", "interest_points", "minimum_amount", "stops_delivery", "is_active")),)
    empty_hint = _("Usual are three: a reminder, a first dunning with a fee, a last one that stops delivery.")


@register
class BaseRateResource(Resource):
    model = BaseRate
    menu = ("receivables", 86)
    icon = "percentage"
    columns = ("valid_from", "rate")
    ordering = ("-valid_from",)
    form_fields = ("valid_from", "rate")
    sections = ((_("Base rate"), ("valid_from", "rate")),)
    empty_hint = _("Interest on arrears is the base rate and the level's points; without base rates it counts as 0.")


@register
class DunningPolicyResource(Resource):
    model = DunningPolicy
    menu = ("receivables", 84)
    icon = "robot"
    columns = ("proposes_daily", "posts_by_itself", "sends_by_mail", "days_to_pay")
    form_fields = ("proposes_daily", "posts_by_itself", "sends_by_mail", "days_to_pay")
    sections = ((_("By itself"), ("proposes_daily", "posts_by_itself", "sends_by_mail", "days_to_pay")),)
    empty_hint = _("Without a policy nothing is proposed by itself.")
