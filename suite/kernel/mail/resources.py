from django.utils.translation import gettext_lazy as _

from suite.kernel.mail.models import OutgoingMail
from suite.resources.registry import register
from suite.resources.resource import Resource


@register
class OutgoingMailResource(Resource):
    model = OutgoingMail
    menu = ("integration", 40)
    icon = "mail-forward"
    columns = ("created_at", "record_name", "to", "subject", "status", "tries", "sent_at")
    filters = ("status", "created_at")
    search = ("to", "subject", "record_name")
    sections = (
        (_("Mail"), ("record_name", "to", "subject", "body", "attachment")), (_("On its way"), ("status", "tries", "next_at", "sent_at", "error", "author")),
    )
    select_related = ("attachment", "author")
    empty_hint = _("Letters that leave by mail wait here, and stay.")
