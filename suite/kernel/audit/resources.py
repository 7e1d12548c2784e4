"""The audit trail of acts, for auditors: who signed in, exported, was refused, or read sensitive data."""

from django.utils.translation import gettext_lazy as _

from suite.kernel.audit.models import AuditEvent
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class AuditEventResource(Resource):
    model = AuditEvent
    menu = ("settings", 90)
    icon = "eye-check"
    columns = ("at", "kind", "actor", "subject", "address")
    filters = ("kind", "actor", "at")
    search = ("subject", "kind")
    ordering = ("-pk",)
    sections = ((_("Audit event"), ("at", "kind", "actor", "subject", "detail", "address", "request_id")),)
    select_related = ("actor",)
