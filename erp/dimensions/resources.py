"""Dimensions as people set them up."""

from django.utils.translation import gettext_lazy as _

from erp.dimensions.models import Dimension, DimensionRule, DimensionValue
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class DimensionResource(Resource):
    model = Dimension
    menu = ("books", 86)
    icon = "box-multiple"
    columns = ("code", "name", "is_active")
    filters = ("is_active",)
    search = ("code", "name")
    ordering = ("code",)
    form_fields = ("code", "name", "is_active")
    sections = ((_("Dimension"), ("code", "name", "is_active")),)
    related = (("erp.dimensionvalue", "dimension"), ("erp.dimensionrule", "dimension"))
    import_key = "code"
    empty_hint = _("A dimension tells entries apart beside their account: cost centre, project, region.")


@register
class DimensionValueResource(Resource):
    model = DimensionValue
    menu = ("books", 87)
    icon = "tags"
    columns = ("dimension", "code", "name", "parent", "is_active")
    filters = ("dimension", "is_active")
    search = ("code", "name")
    ordering = ("dimension__code", "code")
    form_fields = ("dimension", "code", "name", "parent", "is_active")
    sections = ((_("Value"), ("dimension", "code", "name", "parent", "is_active")),)
    select_related = ("dimension", "parent")


@register
class DimensionRuleResource(Resource):
    model = DimensionRule
    menu = ("books", 88)
    icon = "shield-check"
    columns = ("dimension", "account", "account_type", "default", "is_active")
    filters = ("dimension", "account", "account_type", "is_active")
    search = ("dimension__code", "dimension__name", "account__code")
    ordering = ("dimension__code", "pk")
    form_fields = ("dimension", "account", "account_type", "default", "is_active")
    sections = ((_("Which accounts need it"), ("dimension", "account", "account_type", "default", "is_active")),)
    select_related = ("dimension", "account", "default")
