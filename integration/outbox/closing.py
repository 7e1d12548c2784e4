"""What the outbox adds to the close checklist."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.closing.checks import Finding, closing_check
from integration.outbox.models import Delivery
from suite.kernel.calendars.models import Period


@closing_check("failed_messages", _("Background work that failed for good"), icon="plug-connected-x")
def failed_messages(period: Period) -> list[Finding]:
    """Deliveries that need a person and failed by the end of the period."""
    rows = Delivery.objects.filter(
        event__company_id=period.company_id, status=Delivery.Status.DEAD, event__created__date__lte=period.ends_on).order_by("pk")
    return [Finding(f"{row.handler} {row.aggregate_key}: {row.last_error[:120]}", reverse("integration:delivery_detail", args=[row.pk])) for row in rows[:50]]
